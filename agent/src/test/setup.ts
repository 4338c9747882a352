/**
 * Starts recording before the tests load their libraries: `setupFiles` of vitest, `--import` of node:test. Adds the
 * matchers where a test runner has put its `expect` already.
 */
import { extendExpect } from './extend-expect.ts';
import { startRecorder } from './recorder.ts';

startRecorder();
await extendExpect();
