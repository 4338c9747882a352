import { compileMatchers, subjectOf } from '@nightjar/alerts';
import type { Alert, Silence } from '@nightjar/alerts/schema';
import type { StandingAlert } from '../../contract/index.ts';

export interface Doings {
  /** Those that hold messages back now. */
  readonly silences: readonly Silence[];
}

/** Alerts with what people did about them. */
export function standing(alerts: readonly Alert[], { silences }: Doings): StandingAlert[] {
  const tests = silences.map(({ id, matchers }) => ({ id, matches: compileMatchers(matchers) }));
  return alerts.map((alert) => {
    const subject = subjectOf(alert);
    const silencedBy = tests.filter(({ matches }) => matches(subject)).map(({ id }) => id);
    return { ...alert, acknowledged: null, snoozed: null, silencedBy };
  });
}
