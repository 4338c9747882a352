import type { Reporter, TestModule } from 'vitest/node';

/**
 * The closing lines of a run: which tests were skipped, by name, and how many passed, failed and were skipped.
 * Where NIGHTJAR_ALLOW_SKIPS=0 a skipped test fails the run.
 */
export class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0, pending: 0 };
    const skipped: string[] = [];
    for (const module of modules) {
      // A file that cannot be loaded has no tests to count.
      if (module.errors().length > 0) counts.failed += 1;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        counts[state] += 1;
        if (state === 'skipped') skipped.push(test.fullName);
      }
    }
    const isSkipAllowed = process.env['NIGHTJAR_ALLOW_SKIPS'] !== '0';
    for (const name of skipped) console.log(`skipped: ${name}`);
    if (skipped.length > 0 && !isSkipAllowed) {
      console.log('NIGHTJAR_ALLOW_SKIPS=0 allows no skip');
      process.exitCode = 1;
    }
    console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  }
}

export default SummaryReporter;
