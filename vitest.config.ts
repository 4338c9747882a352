import { defineConfig } from 'vitest/config';

// Unit tests run from the sources; end-to-end tests run the built product as a user would.
export default defineConfig({
  resolve: { conditions: ['nightjar-source', 'node', 'import', 'default'] },
  ssr: { resolve: { conditions: ['nightjar-source', 'node', 'import', 'default'] } },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['{agent,alerts,collector,ui}/**/*.test.{ts,tsx}', 'test/architecture/*.test.ts'],
          exclude: ['**/node_modules/**', '**/dist/**'],
          testTimeout: 15_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
