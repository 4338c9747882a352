import type { AlertStore } from '../ports.ts';
import { dedup } from './dedup.ts';
import { inhibitSourcesMax, inhibiting } from './inhibit.ts';
import type { Inhibitor } from './inhibit.ts';
import { sequence } from './pipeline.ts';
import type { Stage } from './pipeline.ts';
import { isActive, silencing } from './silence.ts';
import { worstFirst } from './worst-first.ts';

export interface StageInput {
  readonly store: AlertStore;
  readonly inhibitors: readonly Inhibitor[];
  readonly route: Stage;
  readonly nowMs: number;
}

/** Reads the silences once; each call of the result reads what fires by then, and gives all stages in their order. */
export async function prepareStages({
  store,
  inhibitors,
  route,
  nowMs,
}: StageInput): Promise<() => Promise<Stage>> {
  const silences = await store.listSilences(nowMs);
  const hold = silencing(silences.filter((silence) => isActive(silence, nowMs)));
  return async () => {
    const firing =
      inhibitors.length === 0
        ? []
        : await store.listAlerts({ states: ['firing', 'recovering'], rowsMax: inhibitSourcesMax });
    return sequence(dedup, worstFirst, hold, inhibiting(inhibitors, firing), route);
  };
}
