/** `setupFiles: ['@nightjar/agent/test/vitest']`: as `…/test/setup`, and the types of the matchers. */
import { expect } from 'vitest';
import type { NightjarMatchers } from './matchers.ts';
import { useExpect } from './extend-expect.ts';

useExpect(expect);

declare module 'vitest' {
  interface Matchers<
    R extends void | Promise<void> = void | Promise<void>,
    T = unknown,
  > extends NightjarMatchers<R, T> {}
}
