import type { Fact, Notification, ResolveReason } from '../../schema/index.ts';
import type { RulePlan } from '../plan.ts';
import type { Intent } from './pipeline.ts';
import { dashboardLink, episodeLink } from './link.ts';
import { withText } from './message-text.ts';
import { renderAnnotations } from './template.ts';
import type { Annotated } from './template.ts';
import { numberText, placeText, spanText, timeText, valueText } from './wording.ts';

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
  const shown = { fromMs, toMs: Math.max(dataAsOf, fromMs + 1) };
  const { labels } = episode;
  const annotated = annotate(intent, context);
  const isResolved = kind === 'resolve';
  return withText({
    eventId: context.eventId,
    episodeId: episode.id,
    seq: instance.seq,
    dedupKey: instance.id,
    transition: kind,
    kind: alert.kind,
    reason: isResolved ? episode.resolveReason : null,
    ruleUid: alert.ruleUid,
    // Receivers that know alerts by their labels must find the same in the resolve, whatever became of the rule.
    ruleName: episode.ruleName,
    labels,
    severity: alert.severity,
    title: titleOf(intent, annotated.annotations['title']),
    op: alert.op,
    threshold: alert.threshold,
    unit: alert.unit,
    value: alert.value,
    samples: alert.samples,
    activeAt: episode.activeAt,
    firedAt: episode.firedAt,
    resolvedAt: episode.resolvedAt,
    dataAsOf,
    windowFrom: fromMs,
    url: dashboardLink(context.baseUrl, { ...shown, labels, ruleUid: alert.ruleUid }),
    episodeUrl: episodeLink(context.baseUrl, { ...shown, episodeId: episode.id }),
    runbook: plan?.rule.runbook ?? null,
    annotations: annotated.annotations,
    facts: factsOf(intent, context),
    notes: [...(intent.isMissed ? [stoppedNote] : []), ...annotated.notes],
    evidence: null,
    isMissed: intent.isMissed,
    group: null,
  });
}

const stoppedNote = 'It fired and ended while alerting was stopped; this is the only message.';

function annotate({ instance, episode, kind }: Intent, { plan }: ContentContext): Annotated {
  const { alert } = instance;
  const text = (value: number | null) => (value === null ? 'none' : valueText(value, alert.unit));
  const variables: Record<string, string> = {
    value: text(alert.value),
    threshold: text(alert.threshold),
    unit: alert.unit,
    samples: alert.samples === null ? '' : numberText(alert.samples),
    severity: alert.severity,
    status: kind === 'resolve' ? 'resolved' : 'firing',
    since: timeText(episode.activeAt),
    reason: alert.reason,
    'rule.uid': alert.ruleUid,
    'rule.name': alert.ruleName,
    'rule.owner': plan?.rule.owner ?? '',
  };
  for (const [label, value] of Object.entries(alert.labels)) variables[`labels.${label}`] = value;
  return renderAnnotations(plan?.rule.annotations ?? {}, variables);
}

function titleOf({ kind, instance, episode }: Intent, own: string | undefined): string {
  const { alert } = instance;
  const where = placeText(alert.labels);
  const name = own ?? `${alert.ruleName}${where === '' ? '' : ` (${where})`}`;
  if (kind === 'resolve') {
    const lastedMs = (episode.resolvedAt ?? episode.firedAt) - episode.firedAt;
    return `Resolved: ${name} after ${spanText(lastedMs)}`;
  }
  const prefix = `${kind === 'repeat' ? 'Still ' : ''}${alert.severity}`;
  const value =
    own === undefined && alert.kind === 'condition' && alert.value !== null
      ? `: ${valueText(alert.value, alert.unit)}`
      : '';
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

function factsOf(intent: Intent, { plan, tickMs }: ContentContext): Fact[] {
  const { instance, episode, kind } = intent;
  const { alert } = instance;
  const facts: Fact[] = [];
  const say = (name: string, value: string) => facts.push({ name, value });
  const place = placeText(alert.labels);
  if (place !== '') say('Where', place);
  if (alert.kind === 'condition') {
    const window = plan === null ? '' : ` over the last ${spanText(plan.windowMs)}`;
    const value = alert.value === null ? 'none' : valueText(alert.value, alert.unit);
    say('Value', `${value}${window}, threshold ${limitText(intent, plan)}`);
  } else if (kind !== 'resolve') say('What', alert.reason);
  if (alert.samples !== null) say(samplesText(plan), numberText(alert.samples));
  if (kind === 'resolve') {
    const ended = timeText(episode.resolvedAt ?? tickMs);
    say('Fired', `${timeText(episode.firedAt)}, ended: ${ended}`);
    say('Why it ended', reasonText[episode.resolveReason ?? 'ok']);
  } else say('Since', `${timeText(episode.activeAt)} (${spanText(tickMs - episode.activeAt)})`);
  return facts;
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
