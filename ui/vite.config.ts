import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig } from 'vite';
import { answerFixtures } from './dev/fixtures/plugin.ts';

const collector = process.env['NIGHTJAR_URL'] ?? 'http://127.0.0.1:3400';

// `npm run dev` talks to a running collector; `npm run dev:fixtures` answers from generated data and needs none.
export default defineConfig(({ mode }) => ({
  plugins: [react(), ...(mode === 'fixtures' ? [answerFixtures()] : [])],
  resolve: { conditions: ['nightjar-source', ...defaultClientConditions] },
  server: mode === 'fixtures' ? {} : { proxy: { '/api': collector } },
  build: {
    target: 'es2023',
    outDir: 'dist',
    // The content security policy allows no data: fonts or scripts.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 600,
  },
}));
