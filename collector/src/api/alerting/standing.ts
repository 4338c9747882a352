import { compileMatchers, createSilenceClock, subjectOf } from '@nightjar/alerts';
import type { AlertStore } from '@nightjar/alerts';
import type { Alert, AlertAction, AlertHold, Silence } from '@nightjar/alerts/schema';
import type { StandingAlert } from '../../contract/index.ts';

export interface Doings {
  /** Those that hold messages back now. */
  readonly silences: readonly Silence[];
  readonly holds: readonly AlertHold[];
}

/** Alerts with what people did about them. */
export function standing(alerts: readonly Alert[], { silences, holds }: Doings): StandingAlert[] {
  const tests = silences.map(({ id, matchers }) => ({ id, matches: compileMatchers(matchers) }));
  const byAlert = new Map(holds.map((hold) => [hold.alertId, hold]));
  return alerts.map((alert) => {
    const subject = subjectOf(alert);
    const hold = byAlert.get(alert.id);
    return {
      ...alert,
      acknowledged: acknowledgedOf(hold?.acked ?? null),
      snoozed: snoozedOf(hold?.snoozed ?? null),
      silencedBy: tests.filter(({ matches }) => matches(subject)).map(({ id }) => id),
    };
  });
}

const clock = createSilenceClock();

export async function readDoings(store: AlertStore, nowMs: number): Promise<Doings> {
  const [silences, holds] = await Promise.all([store.listSilences(nowMs), store.listHolds(nowMs)]);
  return { silences: silences.filter((silence) => clock(silence, nowMs)), holds };
}

function acknowledgedOf(action: AlertAction | null): StandingAlert['acknowledged'] {
  return action === null ? null : { at: action.at, by: action.by, note: action.note };
}

function snoozedOf(action: AlertAction | null): StandingAlert['snoozed'] {
  return action === null || action.until === null ? null : { until: action.until, by: action.by };
}
