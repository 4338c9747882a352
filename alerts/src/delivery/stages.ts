import type { AlertHold } from '../../schema/index.ts';
import type { AlertStore } from '../ports.ts';
import { dedup } from './dedup.ts';
import { inhibitSourcesMax, inhibiting } from './inhibit.ts';
import type { Inhibitor } from './inhibit.ts';
import { sequence } from './pipeline.ts';
import type { Stage } from './pipeline.ts';
import { createSilenceClock } from './recurrence.ts';
import type { IsActive } from './recurrence.ts';
import { mutingOf, silencing, snoozing } from './silence.ts';
import { worstFirst } from './worst-first.ts';

/** How long after a snooze its end is still looked for, should alerting have been stopped then. */
export const snoozeRemindedForMs = 3_600_000;

export interface StageInput {
  readonly store: AlertStore;
  readonly inhibitors: readonly Inhibitor[];
  readonly route: Stage;
  readonly nowMs: number;
  /** Kept over calls, it works recurring silences out once a day. */
  readonly isActive?: IsActive;
}

/** Reads silences and holds once; each call of the result reads what fires by then, and gives all stages in order. */
export async function prepareStages(input: StageInput): Promise<() => Promise<Stage>> {
  const { store, inhibitors, route, nowMs, isActive = createSilenceClock() } = input;
  const [silences, held] = await Promise.all([
    store.listSilences(nowMs),
    store.listHolds(nowMs - snoozeRemindedForMs),
  ]);
  const holds: ReadonlyMap<string, AlertHold> = new Map(held.map((hold) => [hold.alertId, hold]));
  const isMuted = mutingOf(silences.filter((silence) => isActive(silence, nowMs)));
  return async () => {
    const firing =
      inhibitors.length === 0
        ? []
        : await store.listAlerts({ states: ['firing', 'recovering'], rowsMax: inhibitSourcesMax });
    const keepBack = [silencing(isMuted), snoozing(holds), inhibiting(inhibitors, firing)];
    return sequence(route, dedup(holds), worstFirst, ...keepBack);
  };
}
