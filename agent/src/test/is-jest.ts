/** Does this code run in one of jest's sandboxes? A vitest that jest's environment variable leaked into is none. */
export function isJest(): boolean {
  return process.env['JEST_WORKER_ID'] !== undefined && !Object.hasOwn(globalThis, '__vitest_worker__');
}
