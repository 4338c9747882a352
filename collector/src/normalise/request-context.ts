import type { Resource } from './resources.ts';
import type { Arrival } from './times.ts';

/** What the records of one request have in common. */
export interface RequestContext {
  readonly arrival: Arrival;
  resource: Resource;
  readonly scope: { name: Uint8Array; version: Uint8Array };
}
