import type { Accept, IngestMetrics, Outcome } from '../model/stages.ts';

export interface AcceptOnceOptions {
  readonly accept: Accept;
  /** The rows that are kept of the request with this identity, if it was stored before. */
  readonly kept: (identity: string) => { readonly rows: number } | undefined;
  readonly metrics: IngestMetrics;
}

/** Why a request's records are counted as dropped here: they are stored, from the first time. */
export const SENT_AGAIN = 'sent_again';

/**
 * A request whose answer was lost comes again: it is answered as it was the first time, and not stored twice. What was refused
 * is not remembered: it is tried anew.
 */
export function acceptOnce({ accept, kept, metrics }: AcceptOnceOptions): Accept {
  /** Bounded by the requests in hand. */
  const underWay = new Map<string, Promise<Outcome>>();
  return async (request) => {
    const { identity, signal } = request;
    if (identity === undefined) return await accept(request);
    const same = underWay.get(identity);
    if (same !== undefined) {
      const outcome = await same;
      if (outcome.kind === 'stored') metrics.dropped(signal, SENT_AGAIN, outcome.accepted);
      return outcome;
    }
    const before = kept(identity);
    if (before !== undefined) {
      metrics.dropped(signal, SENT_AGAIN, before.rows);
      return { kind: 'stored', accepted: before.rows, rejected: 0, message: '' };
    }
    const first = accept(request);
    underWay.set(identity, first);
    try {
      return await first;
    } finally {
      underWay.delete(identity);
    }
  };
}
