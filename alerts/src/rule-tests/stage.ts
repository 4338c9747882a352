import { alertRule } from '../../schema/index.ts';
import type { AlertRule } from '../../schema/index.ts';
import type { MetricSource } from '../ports.ts';

export interface Stage {
  readonly source: MetricSource;
  readonly firstTickMs: number;
  readonly ticks: number;
  /** Times are told in whole steps since the first tick. */
  readonly stepMs: number;
}

/** Enabled, told at once and one by one: how messages gather is the channels' matter. */
export function asTested(rule: AlertRule, schedule: AlertRule['schedule']): AlertRule {
  const { tests: _, ...rest } = rule;
  const conditions = rest.conditions.map(({ channels: __, ...condition }) => condition);
  const notify = { repeat: 'never', sendResolved: true };
  return alertRule.parse({ ...rest, enabled: true, schedule, conditions, notify });
}
