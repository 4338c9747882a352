import { durationMs } from '../schema/index.ts';
import type { AlertRule, Matcher } from '../schema/index.ts';
import { matcherProblem } from './delivery/matching.ts';
import { planRule } from './plan.ts';

export interface RuleLint {
  /** error: the rule cannot do what it says. warning: it is likely not meant. */
  readonly level: 'error' | 'warning';
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

export interface KnownNames {
  readonly channels: readonly string[];
  readonly routes?: readonly string[];
}

/** What a rule that the schema takes says wrong all the same. */
export function lintRule(rule: AlertRule, names: KnownNames): RuleLint[] {
  return [...nameLints(rule, names), ...patternLints(rule), ...timeLints(rule), ...guardLints(rule)];
}

function nameLints(rule: AlertRule, { channels, routes }: KnownNames): RuleLint[] {
  const unknown = (given: readonly string[] | undefined, path: PropertyKey[]): RuleLint[] =>
    (given ?? [])
      .filter((name) => !channels.includes(name))
      .map((name) => ({
        level: 'error',
        path,
        message: `there is no channel ${name}, write ${channels.join(', ')}`,
      }));
  const { route } = rule.notify;
  const noRoute: RuleLint[] =
    route === undefined || routes === undefined || routes.includes(route)
      ? []
      : [{ level: 'error', path: ['notify', 'route'], message: `there is no route ${route} in routes.yaml` }];
  return [
    ...unknown(rule.notify.channels, ['notify', 'channels']),
    ...rule.conditions.flatMap((it, index) => unknown(it.channels, ['conditions', index, 'channels'])),
    ...noRoute,
  ];
}

function patternLints({ signal, groups }: AlertRule): RuleLint[] {
  const measured = signal.kind === 'baseline' ? signal.of : signal;
  const filter = measured.kind === 'burn_rate' ? measured.slo.filter : measured.filter;
  const lints = (matchers: readonly Matcher[] | undefined, path: PropertyKey[]): RuleLint[] =>
    (matchers ?? []).flatMap((matcher, index) => {
      const message = matcherProblem(matcher);
      return message === undefined
        ? []
        : [{ level: 'error' as const, path: [...path, index, 'value'], message }];
    });
  return [
    ...lints(filter, ['signal', 'filter']),
    ...lints(groups.include, ['groups', 'include']),
    ...lints(groups.exclude, ['groups', 'exclude']),
  ];
}

function timeLints(rule: AlertRule): RuleLint[] {
  const warn = (path: PropertyKey[], message: string): RuleLint => ({ level: 'warning', path, message });
  const { everyMs, windowMs } = planRule(rule);
  const { every, window } = rule.schedule;
  const lints: RuleLint[] = [];
  if (windowMs < everyMs)
    lints.push(
      warn(
        ['schedule', 'window'],
        `${window} is shorter than every ${every}, so part of the data is never looked at`,
      ),
    );
  const forMs = durationMs(rule.for);
  if (forMs > 0 && forMs < everyMs)
    lints.push(
      warn(['for'], `${rule.for} is shorter than every ${every}: it fires at the second tick all the same`),
    );
  if (rule.onNoData.action !== 'hold' && durationMs(rule.onNoData.after) < windowMs)
    lints.push(
      warn(
        ['onNoData', 'after'],
        `${rule.onNoData.after} is shorter than the window, which holds older data still`,
      ),
    );
  return lints;
}

const ratios: ReadonlySet<string> = new Set(['latency', 'error_rate', 'queries_per_request']);

function guardLints({ signal, guard }: AlertRule): RuleLint[] {
  const isGuarded = guard.minSamples > 0 || guard.minRate > 0;
  if (isGuarded || !ratios.has(signal.kind)) return [];
  const message =
    'is not set: one slow or failed request at night will page; write for example { minSamples: 20 }';
  return [{ level: 'warning', path: ['guard'], message }];
}
