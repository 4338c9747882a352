/** A service that tests need and this machine may lack. */
export interface Needed<T> {
  readonly name: string;
  /** How to have it. */
  readonly remedy: string;
  /** undefined: it is not here and cannot be had. */
  readonly start: () => Promise<T | undefined>;
}

/**
 * Starts a service, or says that it is absent: the tests that need it are then skipped by name. Where no skip is
 * allowed (NIGHTJAR_ALLOW_SKIPS=0) an absent service is an error.
 */
export async function provide<T>({ name, remedy, start }: Needed<T>): Promise<T | undefined> {
  const service = await start();
  if (service === undefined && process.env['NIGHTJAR_ALLOW_SKIPS'] === '0') {
    throw new Error(`${name} is absent and NIGHTJAR_ALLOW_SKIPS=0 allows no skip. ${remedy}`);
  }
  return service;
}
