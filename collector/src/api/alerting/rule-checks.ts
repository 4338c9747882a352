import { lintRule } from '@nightjar/alerts';
import type { AlertRule } from '@nightjar/alerts/schema';
import type { FieldProblem } from '../../errors.ts';
import { signalProblem } from '../../query/index.ts';

export interface RuleChecks {
  /** What makes a rule that the schema takes unusable here. */
  readonly problems: readonly FieldProblem[];
  /** What is likely not meant. */
  readonly warnings: readonly FieldProblem[];
}

export function checksOf(rule: AlertRule, channels: readonly string[]): RuleChecks {
  const lints = lintRule(rule, { channels });
  const unmeasurable = signalProblem(rule);
  const of = (wanted: 'error' | 'warning') =>
    lints
      .filter(({ level }) => level === wanted)
      .map(({ path, message }) => ({ path: path.map(String).join('.'), problem: message }));
  return {
    problems: [
      ...of('error'),
      ...(unmeasurable === undefined ? [] : [{ path: fieldOf(rule, unmeasurable), problem: unmeasurable }]),
    ],
    warnings: of('warning'),
  };
}

/** A label that the signal does not have stands in the groups or in the filter. */
function fieldOf({ groupBy }: AlertRule, problem: string): string {
  return groupBy.some((label) => problem.includes(label)) ? 'groupBy' : 'signal';
}
