import { createPoster } from '../channels/poster.ts';
import type { Poster } from '../channels/poster.ts';

/** A poster that may reach receivers on this machine. */
export function localPoster(now: () => number): Poster {
  return createPoster({ policy: { isPrivateAllowed: true, allowed: [] }, now });
}
