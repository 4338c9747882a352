import type { AlertRule, AlertRuleInput, Matcher, Severity, Signal } from '@nightjar/collector/contract';

export type SignalKind = Signal['kind'];
/** What the form can make; the others are written as YAML. */
export const formSignals = [
  'latency',
  'error_rate',
  'throughput',
  'queries_per_request',
  'queue',
  'metric',
  'logs',
  'heartbeat',
  'new_finding',
] as const satisfies readonly SignalKind[];
export type FormSignal = (typeof formSignals)[number];

export const severities = ['critical', 'warning', 'info'] as const satisfies readonly Severity[];
export const ops = ['>', '>=', '<', '<=', 'outside'] as const;

/** One condition as the form holds it: numbers are text until they are sent, empty where nothing is written. */
export type ConditionDraft = Readonly<{
  isOn: boolean;
  op: (typeof ops)[number];
  threshold: string;
  upper: string;
  recover: string;
}>;

export type RuleDraft = Readonly<{
  uid: string;
  name: string;
  enabled: boolean;
  owner: string;
  signal: Readonly<Record<string, unknown>> & { readonly kind: SignalKind };
  filter: readonly Matcher[];
  groupBy: readonly string[];
  conditions: Readonly<Record<Severity, ConditionDraft>>;
  every: string;
  window: string;
  delay: string;
  for: string;
  keepFiringFor: string;
  minSamples: string;
  channels: readonly string[];
  repeat: string;
  sendResolved: boolean;
  runbook: string;
  /** What the form does not show, kept as it was. */
  rest: Readonly<Partial<AlertRule>>;
}>;

const noCondition: ConditionDraft = { isOn: false, op: '>', threshold: '', upper: '', recover: '' };

export const emptyDraft: RuleDraft = {
  uid: '',
  name: '',
  enabled: true,
  owner: 'default',
  signal: { kind: 'latency', quantile: 0.95 },
  filter: [],
  groupBy: ['service'],
  conditions: {
    critical: noCondition,
    warning: { ...noCondition, isOn: true, threshold: '500' },
    info: noCondition,
  },
  every: '1m',
  window: '5m',
  delay: '30s',
  for: '2m',
  keepFiringFor: '0s',
  minSamples: '20',
  channels: [],
  repeat: '',
  sendResolved: true,
  runbook: '',
  rest: {},
};

/** What a kind of signal needs beside its name. */
const signalDefaults: Readonly<Record<FormSignal, RuleDraft['signal']>> = {
  latency: { kind: 'latency', quantile: 0.95 },
  error_rate: { kind: 'error_rate' },
  throughput: { kind: 'throughput' },
  queries_per_request: { kind: 'queries_per_request', agg: 'avg', compare: 'none' },
  queue: { kind: 'queue', metric: 'depth', agg: 'max' },
  metric: { kind: 'metric', name: '', agg: 'avg', unit: '' },
  logs: { kind: 'logs' },
  heartbeat: { kind: 'heartbeat', of: 'requests' },
  new_finding: { kind: 'new_finding', newFor: '1d' },
};

/** What is usual for a kind: the label it is judged apart by, the samples it needs, and when a warning is due. */
const usual: Readonly<
  Record<FormSignal, readonly [by: string, samples: string, op: '>' | '<', threshold: string]>
> = {
  latency: ['service', '20', '>', '500'],
  error_rate: ['service', '20', '>', '5'],
  throughput: ['service', '0', '<', '1'],
  queries_per_request: ['service', '20', '>', '30'],
  queue: ['queue', '0', '>', '1000'],
  metric: ['service', '0', '>', ''],
  logs: ['service', '0', '>', '100'],
  // These two have a condition of their own where none is given.
  heartbeat: ['service', '0', '<', ''],
  new_finding: ['service', '0', '>', ''],
};

/** The draft for another kind of signal, with thresholds that make sense there. */
export function withSignal(draft: RuleDraft, kind: FormSignal): RuleDraft {
  const [by, minSamples, op, threshold] = usual[kind];
  const hasOwnCondition = kind === 'heartbeat' || kind === 'new_finding';
  return {
    ...draft,
    signal: signalDefaults[kind],
    groupBy: kind === 'new_finding' ? [by, 'finding'] : [by],
    minSamples,
    conditions: {
      critical: noCondition,
      warning: { ...noCondition, isOn: !hasOwnCondition, op, threshold },
      info: noCondition,
    },
  };
}

export function draftOf(rule: AlertRule): RuleDraft {
  const { filter = [], ...signal } = { filter: undefined, ...rule.signal };
  const text = (value: number | undefined) => (value === undefined ? '' : String(value));
  const conditionOf = (severity: Severity): ConditionDraft => {
    const found = rule.conditions.find((one) => one.severity === severity);
    if (found === undefined) return noCondition;
    const { op, threshold, upper, recover } = found;
    return { isOn: true, op, threshold: text(threshold), upper: text(upper), recover: text(recover) };
  };
  return {
    uid: rule.uid,
    name: rule.name,
    enabled: rule.enabled,
    owner: rule.owner,
    signal,
    filter,
    groupBy: rule.groupBy,
    conditions: {
      critical: conditionOf('critical'),
      warning: conditionOf('warning'),
      info: conditionOf('info'),
    },
    every: rule.schedule.every,
    window: rule.schedule.window,
    delay: rule.schedule.delay,
    for: rule.for,
    keepFiringFor: rule.keepFiringFor,
    minSamples: String(rule.guard.minSamples),
    channels: rule.notify.channels ?? [],
    repeat: rule.notify.repeat ?? '',
    sendResolved: rule.notify.sendResolved !== false,
    runbook: rule.runbook ?? '',
    rest: rule,
  };
}

/** The rule a draft means. It may be wrong: the collector says where. */
export function ruleOf(draft: RuleDraft): AlertRuleInput {
  const { rest } = draft;
  const { runbook: _, ...kept } = rest;
  const { channels: __, repeat: ___, sendResolved: wasSent, ...notify } = rest.notify ?? {};
  // The text of the form goes out as it is; what is no rule comes back as problems at the fields.
  return {
    ...kept,
    uid: draft.uid,
    name: draft.name,
    enabled: draft.enabled,
    owner: draft.owner,
    signal: { ...draft.signal, ...(draft.filter.length === 0 ? {} : { filter: draft.filter }) },
    groupBy: draft.groupBy,
    conditions: severities
      .filter((severity) => draft.conditions[severity].isOn)
      .map((severity) => conditionOf(severity, draft)),
    schedule: { ...rest.schedule, every: draft.every, window: draft.window, delay: draft.delay },
    for: draft.for,
    keepFiringFor: draft.keepFiringFor,
    guard: { ...rest.guard, minSamples: numberOr(draft.minSamples, 0) },
    notify: {
      ...notify,
      ...(draft.channels.length === 0 ? {} : { channels: draft.channels }),
      ...(draft.repeat === '' ? {} : { repeat: draft.repeat }),
      ...sendResolvedOf(draft.sendResolved, wasSent),
    },
    ...(draft.runbook === '' ? {} : { runbook: draft.runbook }),
  } as AlertRuleInput;
}

/** Whoever left it out or wrote `always` keeps that as long as resolves are sent. */
function sendResolvedOf(isSent: boolean, before: AlertRule['notify']['sendResolved']) {
  if (!isSent) return { sendResolved: false };
  return before === undefined || before === false ? {} : { sendResolved: before };
}

function conditionOf(severity: Severity, { conditions, rest }: RuleDraft) {
  const { op, threshold, upper, recover } = conditions[severity];
  const before = rest.conditions?.find((one) => one.severity === severity);
  return {
    ...(before?.and === undefined ? {} : { and: before.and }),
    ...(before?.channels === undefined ? {} : { channels: before.channels }),
    severity,
    op,
    threshold: numberOr(threshold, threshold),
    ...(op === 'outside' && upper !== '' ? { upper: numberOr(upper, upper) } : {}),
    ...(op !== 'outside' && recover !== '' ? { recover: numberOr(recover, recover) } : {}),
  };
}

/** Anything but a number stays what it is, for the collector to refuse. */
function numberOr<Other>(text: string, other: Other): number | Other {
  const value = Number(text.trim());
  return text.trim() === '' || !Number.isFinite(value) ? other : value;
}

/** An id from a name: `p95 of GET /orders` -> `p95-of-get-orders`. */
export function uidOf(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 80)
    .replace(/-+$/, '');
}

/** Problems under one path; `conditions.0` counts by its place among those that are on. */
export function problemAt(
  problems: readonly Readonly<{ path: string; problem: string }>[],
  path: string,
): string | undefined {
  return problems.find((one) => one.path === path)?.problem;
}
