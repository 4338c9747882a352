/** `setupFilesAfterEnv: ['@nightjar/agent/test/jest']`: records, adds the matchers to jest's `expect`, and types them. */
import type { NightjarMatchers } from './matchers.ts';
import { extendExpect } from './extend-expect.ts';
import { startRecorder } from './recorder.ts';

const recorder = startRecorder();
await extendExpect();
// Jest gives each test file a sandbox, but Node's own modules are those of the process: they must not stay patched.
const afterAll: unknown = Reflect.get(globalThis, 'afterAll');
if (typeof afterAll === 'function') afterAll(recorder.stop);

declare global {
  // The form in which @types/jest lets matchers be added.
  // oxlint-disable-next-line typescript/no-namespace
  namespace jest {
    interface Matchers<R, T = {}> extends NightjarMatchers<R, T> {}
  }
}
