import type { Inhibitor } from './delivery/inhibit.ts';
import { createSilenceClock } from './delivery/recurrence.ts';
import { routeTo } from './delivery/route.ts';
import { prepareStages } from './delivery/stages.ts';
import type { EngineOptions } from './engine.ts';
import type { PastRead } from './late.ts';
import type { Count } from './ports.ts';
import type { Turn } from './rule-turn.ts';
import { shareReads } from './shared-reads.ts';

export interface TurnsOptions extends EngineOptions {
  readonly readTimeoutMs: number;
  readonly count: Count;
}

/** What one look at the rules has in common: its time, its readings, the silences of that moment. */
export interface Round {
  /** With what fires by now. */
  turn(known: Pick<Turn, 'downReason' | 'arrivals'>): Promise<Turn>;
}

export interface Turns {
  open(inhibitors: readonly Inhibitor[], nowMs: number): Promise<Round>;
  /** The rules are others now: what was read for them means nothing. */
  forget(): void;
}

export function createTurns(options: TurnsOptions): Turns {
  const { source, store, baseUrl, log, count, readTimeoutMs } = options;
  const route = routeTo(options.channels, options.routing);
  const isActive = createSilenceClock();
  const pastReads = new Map<string, readonly PastRead[]>();
  return {
    forget: () => pastReads.clear(),
    open: async (inhibitors, nowMs) => {
      const stagesNow = await prepareStages({ store, inhibitors, route, nowMs, isActive });
      const common = { store, baseUrl, readTimeoutMs, log, count, pastReads, nowMs };
      const shared = { ...common, source: shareReads(source, readTimeoutMs) };
      return { turn: async (known) => ({ ...shared, ...known, stages: await stagesNow() }) };
    },
  };
}
