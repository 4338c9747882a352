import { createEngine } from './engine.ts';
import type { Engine, EngineOptions, RuleSet } from './engine.ts';
import type { Lead, Leadership } from './lease.ts';
import type { CommitBatch } from './ports.ts';

export interface LedEngineOptions extends EngineOptions {
  readonly leadership: Pick<Leadership, 'look'>;
}

/** An engine that evaluates while this process leads, under the epoch it then had: a leader that slept commits nothing. */
export function createLedEngine(options: LedEngineOptions): Engine {
  const { leadership, store, log, count = () => undefined } = options;
  let epoch: number | undefined;
  let ruleSet: RuleSet | undefined;
  const engine = createEngine({
    ...options,
    store: {
      ...store,
      commit: async (batch) => await store.commit(stamped(batch)),
      ...(store.commitAll === undefined
        ? {}
        : { commitAll: async (batches) => (await store.commitAll?.(batches.map(stamped))) ?? [] }),
    },
  });

  return {
    ...engine,
    apply: (next) => {
      ruleSet = next;
      engine.apply(next);
    },
    tick: async (nowMs) => {
      const lead = await look();
      if (lead === undefined) return 0;
      if (lead.kind === 'follows') {
        count('turns_followed', 1);
        return 0;
      }
      if (lead.kind === 'leads') follow(lead.epoch);
      return await engine.tick(nowMs);
    },
  };

  function stamped(batch: CommitBatch): CommitBatch {
    return epoch === undefined ? batch : { ...batch, epoch };
  }

  /** Another may have evaluated since: what the engine remembers of its own ticks no longer holds. */
  function follow(next: number): void {
    if (epoch !== undefined && epoch !== next && ruleSet !== undefined) engine.apply(ruleSet);
    epoch = next;
  }

  async function look(): Promise<Lead | undefined> {
    try {
      return await leadership.look();
    } catch (error) {
      count('rules_failed', 1);
      log.error({ err: error }, 'who evaluates the alert rules cannot be asked for, it is tried again');
      return undefined;
    }
  }
}
