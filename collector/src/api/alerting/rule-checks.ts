import { matcherProblem } from '@nightjar/alerts';
import { durationMs } from '@nightjar/alerts/schema';
import type { AlertRule, Matcher } from '@nightjar/alerts/schema';
import type { FieldProblem } from '../../errors.ts';

/** What makes a rule that the schema takes unusable here. */
export function problemsOf(rule: AlertRule, channels: readonly string[]): FieldProblem[] {
  const unknown = (names: readonly string[] | undefined, path: string): FieldProblem[] =>
    (names ?? [])
      .filter((name) => !channels.includes(name))
      .map((name) => ({ path, problem: `there is no channel ${name}, write ${channels.join(', ')}` }));
  return [
    ...unknown(rule.notify.channels, 'notify.channels'),
    ...rule.conditions.flatMap((condition, index) =>
      unknown(condition.channels, `conditions.${index}.channels`),
    ),
    ...('filter' in rule.signal ? patternProblems(rule.signal.filter ?? [], 'signal.filter') : []),
    ...patternProblems(rule.groups.include, 'groups.include'),
    ...patternProblems(rule.groups.exclude, 'groups.exclude'),
  ];
}

function patternProblems(matchers: readonly Matcher[], path: string): FieldProblem[] {
  return matchers.flatMap((matcher, index) => {
    const problem = matcherProblem(matcher);
    return problem === undefined ? [] : [{ path: `${path}.${index}.value`, problem }];
  });
}

const ratios = ['latency', 'error_rate', 'queries_per_request'];

/** What is likely not meant. */
export function warningsOf({ signal, guard, schedule }: AlertRule): FieldProblem[] {
  const warnings: FieldProblem[] = [];
  if (ratios.includes(signal.kind) && guard.minSamples === 0 && guard.minRate === 0)
    warnings.push({
      path: 'guard.minSamples',
      problem: 'is not set, a single slow or failed request at night will fire this; write for example 20',
    });
  if (durationMs(schedule.window) < durationMs(schedule.every))
    warnings.push({
      path: 'schedule.window',
      problem: `is shorter than every ${schedule.every}, so part of the data is never looked at`,
    });
  return warnings;
}
