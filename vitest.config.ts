import { defineConfig } from 'vitest/config';

// Unit tests run from the sources; end-to-end tests run the built product as a user would.
export default defineConfig({
  // No 'import' here: Vite adds it for imports, and as a condition of Node's it would hold for require() as well.
  resolve: { conditions: ['nightjar-source', 'node'] },
  ssr: { resolve: { conditions: ['nightjar-source', 'node'] } },
  test: {
    reporters: ['default', './test/support/summary-reporter.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['{agent,alerts,collector,ui}/**/*.test.{ts,tsx}', 'test/architecture/*.test.ts'],
          exclude: ['**/node_modules/**', '**/dist/**'],
          testTimeout: 15_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts', 'test/matrix/*.test.ts'],
          fileParallelism: false,
          // After the unit tests: end-to-end tests measure time and own the machine.
          sequence: { groupOrder: 1 },
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
