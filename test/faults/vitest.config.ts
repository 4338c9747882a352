import { defineConfig } from 'vitest/config';

// Apart from the root's projects: faults are made on purpose, for minutes, and each file can be run alone.
export default defineConfig({
  resolve: { conditions: ['nightjar-source', 'node'] },
  ssr: { resolve: { conditions: ['nightjar-source', 'node'] } },
  test: {
    name: 'faults',
    root: new URL('.', import.meta.url).pathname,
    include: ['*.test.ts'],
    reporters: ['default', '../support/summary-reporter.ts'],
    // The loop of kills waits more than it works: the others run beside it.
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
