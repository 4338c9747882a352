import { createContextKey } from '@opentelemetry/api';
import type { Context } from '@opentelemetry/api';
import type { RawStack } from './call-site.ts';

/**
 * A stack taken early, for the span that starts later: pools and query builders call the driver when the app's frames are
 * gone.
 */
export interface PendingSite {
  readonly raw: RawStack | undefined;
  /** The taker has counted this call, so the span does not count it again. */
  readonly isCounted: boolean;
}

const KEY = createContextKey('nightjar.pending_site');
let handed: PendingSite | undefined;

export function withPendingSite(context: Context, site: PendingSite): Context {
  return context.setValue(KEY, site);
}

/** Without a context of its own, which would be one more map a call: for a span that `step` starts itself. */
export function handingOver<Result>(site: PendingSite, step: () => Result): Result {
  handed = site;
  try {
    return step();
  } finally {
    handed = undefined;
  }
}

/** What was handed over for this one span; else what the context carries. */
export function pendingSiteIn(context: Context): PendingSite | undefined {
  if (handed !== undefined) return handed;
  // Only `withPendingSite` writes this key.
  return context.getValue(KEY) as PendingSite | undefined;
}
