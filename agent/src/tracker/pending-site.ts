import { createContextKey } from '@opentelemetry/api';
import type { Context } from '@opentelemetry/api';
import type { RawStack } from './call-site.ts';

/**
 * A stack taken early, carried in the context to where the span starts: pools and query builders call the
 * driver later, when the app's frames are gone.
 */
export interface PendingSite {
  readonly raw: RawStack | undefined;
  /** The taker has counted this call, so the span does not count it again. */
  readonly isCounted: boolean;
}

const KEY = createContextKey('nightjar.pending_site');

export function withPendingSite(context: Context, site: PendingSite): Context {
  return context.setValue(KEY, site);
}

export function pendingSiteIn(context: Context): PendingSite | undefined {
  // Only `withPendingSite` writes this key.
  return context.getValue(KEY) as PendingSite | undefined;
}
