import type { Labels, Notification, ResolveReason } from '../../schema/index.ts';
import type { RulePlan } from '../plan.ts';
import type { Intent } from './pipeline.ts';
import { dashboardLink } from './link.ts';

export interface ContentContext {
  readonly eventId: string;
  readonly plan: RulePlan | null;
  readonly tickMs: number;
  readonly baseUrl: string;
}

/** What a person reads at 3 a.m.: what, where, since when, how bad, on how much data, and where to look. */
export function renderNotification(intent: Intent, context: ContentContext): Notification {
  const { instance, episode, kind } = intent;
  const { alert } = instance;
  const { plan, tickMs } = context;
  const dataAsOf = tickMs - (plan?.delayMs ?? 0);
  const fromMs = Math.min(episode.activeAt, dataAsOf) - (plan?.windowMs ?? 0);
  const runbook = plan?.rule.runbook ?? null;
  const url = dashboardLink(context.baseUrl, {
    labels: alert.labels,
    ruleUid: alert.ruleUid,
    fromMs,
    toMs: Math.max(dataAsOf, fromMs + 1),
  });
  const isResolved = kind === 'resolve';
  return {
    eventId: context.eventId,
    episodeId: episode.id,
    seq: instance.seq,
    dedupKey: instance.id,
    transition: kind,
    kind: alert.kind,
    reason: isResolved ? episode.resolveReason : null,
    ruleUid: alert.ruleUid,
    ruleName: alert.ruleName,
    labels: alert.labels,
    severity: alert.severity,
    title: titleOf(intent),
    text: [
      ...lines(intent, context),
      `Dashboard: ${url}`,
      ...(runbook === null ? [] : [`Runbook: ${runbook}`]),
    ].join('\n'),
    op: alert.op,
    threshold: alert.threshold,
    unit: alert.unit,
    value: alert.value,
    samples: alert.samples,
    activeAt: episode.activeAt,
    firedAt: episode.firedAt,
    resolvedAt: episode.resolvedAt,
    dataAsOf,
    url,
    runbook,
    annotations: plan?.rule.annotations ?? {},
    facts: [],
    notes: [],
    evidence: null,
    isMissed: intent.isMissed,
    group: null,
  };
}

function titleOf({ kind, instance, episode }: Intent): string {
  const { alert } = instance;
  const where = placeText(alert.labels);
  const name = `${alert.ruleName}${where === '' ? '' : ` (${where})`}`;
  if (kind === 'resolve') {
    const lastedMs = (episode.resolvedAt ?? episode.firedAt) - episode.firedAt;
    return `Resolved: ${name} after ${spanText(lastedMs)}`;
  }
  const prefix = `${kind === 'repeat' ? 'Still ' : ''}${alert.severity}`;
  const value =
    alert.kind === 'condition' && alert.value !== null ? `: ${valueText(alert.value, alert.unit)}` : '';
  return `${prefix[0]?.toUpperCase() ?? ''}${prefix.slice(1)}: ${aboutText[alert.kind]}${name}${value}`;
}

const aboutText = {
  condition: '',
  no_data: 'no data: ',
  rule_error: 'rule cannot be evaluated: ',
  group_overflow: 'too many groups: ',
  store_down: '',
  pipeline_stale: '',
} as const;

function lines(intent: Intent, { plan, tickMs }: ContentContext): string[] {
  const { instance, episode, kind } = intent;
  const { alert } = instance;
  const place = placeText(alert.labels);
  const window = plan === null ? '' : ` over the last ${spanText(plan.windowMs)}`;
  const said: string[] = [];
  if (place !== '') said.push(`Where: ${place}`);
  if (alert.kind === 'condition') {
    const limit = limitText(intent, plan);
    said.push(
      alert.value === null
        ? `Value: none${window}, threshold ${limit}`
        : `Value: ${valueText(alert.value, alert.unit)}${window}, threshold ${limit}`,
    );
  } else if (kind !== 'resolve') said.push(`What: ${alert.reason}`);
  if (alert.samples !== null) said.push(`${samplesText(plan)}: ${numberText(alert.samples)}`);
  if (kind === 'resolve') {
    said.push(`Fired: ${timeText(episode.firedAt)}, ended: ${timeText(episode.resolvedAt ?? tickMs)}`);
    said.push(`Why it ended: ${reasonText[episode.resolveReason ?? 'ok']}`);
    if (intent.isMissed)
      said.push('It fired and ended while alerting was stopped; this is the only message.');
  } else said.push(`Since: ${timeText(episode.activeAt)} (${spanText(tickMs - episode.activeAt)})`);
  return said;
}

const reasonText: Readonly<Record<ResolveReason, string>> = {
  ok: 'the value is back',
  stale: 'it has sent no data for long, it is no longer watched',
  no_data: 'no data arrives any more',
  insufficient_data: 'too few requests to tell any more',
  rule_changed: 'the rule was changed',
  group_excluded: 'the rule no longer watches it',
  rule_disabled: 'the rule was switched off',
  rule_deleted: 'the rule was deleted',
};

function limitText({ instance }: Intent, plan: RulePlan | null): string {
  const { op, threshold, unit } = instance.alert;
  const upper = plan?.conditions.find(({ severity }) => severity === instance.condition)?.upper;
  const value = threshold === null ? '' : valueText(threshold, unit);
  return op === 'outside' ? `outside ${value} to ${upper ?? ''}` : `${op ?? ''} ${value}`;
}

function samplesText(plan: RulePlan | null): string {
  const kind = plan?.rule.signal.kind;
  return kind === 'queue' || kind === 'metric' ? 'Points in the window' : 'Requests in the window';
}

function placeText(labels: Labels): string {
  return Object.entries(labels)
    .map(([label, value]) => `${label} ${value}`)
    .join(', ');
}

function valueText(value: number, unit: string): string {
  return unit === '%' ? `${numberText(value)} %` : `${numberText(value)}${unit === '' ? '' : ` ${unit}`}`;
}

function numberText(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: Math.abs(value) < 10 ? 2 : 1 });
}

export function timeText(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

export function spanText(durationMs: number): string {
  const seconds = Math.round(durationMs / 1_000);
  const units: [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3_600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ];
  const first = units.findIndex(([count]) => count > 0);
  if (first === -1) return '0 s';
  return units
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}
