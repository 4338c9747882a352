/** Every item that never reached the collector is counted here, by its reason. There is no other way to lose one. */
export type DropReason =
  'queue_full' | 'rejected' | 'refused' | 'unreachable' | 'shutdown' | 'unserialisable';

export interface DropCounters {
  readonly drop: (reason: DropReason, items: number) => void;
  readonly totals: () => ReadonlyMap<DropReason, number>;
}

export function createDropCounters(onFirst: (reason: DropReason) => void): DropCounters {
  const totals = new Map<DropReason, number>();
  return {
    drop: (reason, items) => {
      if (items <= 0) return;
      if (!totals.has(reason)) onFirst(reason);
      totals.set(reason, (totals.get(reason) ?? 0) + items);
    },
    totals: () => totals,
  };
}
