/** `setupFilesAfterEnv: ['@nightjar/agent/test/jest']`: records, adds the matchers to jest's `expect`, and types them. */
import type { NightjarMatchers } from './matchers.ts';
import { extendExpect } from './extend-expect.ts';
import { startRecorder } from './recorder.ts';

startRecorder();
await extendExpect();

declare global {
  // The form in which @types/jest lets matchers be added.
  // oxlint-disable-next-line typescript/no-namespace
  namespace jest {
    interface Matchers<R, T = unknown> extends NightjarMatchers<R, T> {}
  }
}
