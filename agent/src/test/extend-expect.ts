import { matchers } from './matchers.ts';
import { startRecorder } from './recorder.ts';

/** The part of `expect` that vitest and jest have in common. */
export interface ExtensibleExpect {
  readonly extend: (added: typeof matchers) => void;
  readonly getState?: () => { readonly currentTestName?: string | undefined };
}

/** Adds the matchers to the `expect` of this process: vitest's own inside one of its workers, else a global one. */
export async function extendExpect(): Promise<void> {
  const found: unknown = Object.hasOwn(globalThis, '__vitest_worker__')
    ? (await import('vitest')).expect
    : Reflect.get(globalThis, 'expect');
  if (isExpect(found)) useExpect(found);
}

export function useExpect(expect: ExtensibleExpect): void {
  expect.extend(matchers);
  startRecorder().nameOfTest = () => expect.getState?.().currentTestName;
}

function isExpect(found: unknown): found is ExtensibleExpect {
  return typeof found === 'function' && 'extend' in found && typeof found.extend === 'function';
}
