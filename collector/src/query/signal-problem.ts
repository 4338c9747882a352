import type { AlertRule } from '@nightjar/alerts/schema';
import { signalSql } from './signal-sql.ts';

/** Why a rule cannot be measured, such as a label that its signal does not have; undefined when it can. */
export function signalProblem({
  signal,
  groupBy,
}: Pick<AlertRule, 'signal' | 'groupBy'>): string | undefined {
  const measured = signal.kind === 'baseline' ? signal.of : signal;
  try {
    signalSql({ signal: measured, groupBy, fromMs: 0, toMs: 60_000, groupsMax: 1 });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
