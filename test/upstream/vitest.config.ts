import { defineConfig } from 'vitest/config';

// Apart from the root's projects: it needs packages that the product does not, and minutes.
export default defineConfig({
  resolve: { conditions: ['nightjar-source', 'node'] },
  ssr: { resolve: { conditions: ['nightjar-source', 'node'] } },
  test: {
    name: 'upstream',
    root: new URL('.', import.meta.url).pathname,
    include: ['*.test.ts'],
    globalSetup: ['./prepare.ts'],
    reporters: ['default', '../support/summary-reporter.ts'],
    fileParallelism: false,
    testTimeout: 2_400_000,
    hookTimeout: 120_000,
  },
});
