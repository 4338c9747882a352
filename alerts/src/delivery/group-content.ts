// Promise: pure. One message of several alerts.
import type {
  GroupMember,
  Labels,
  ListedAlert,
  Notification,
  NotifyGroup,
  Severity,
} from '../../schema/index.ts';
import { groupEventId } from '../ids.ts';
import { withText } from './message-text.ts';
import { placeText, timeText } from './wording.ts';

export interface GroupMessage {
  readonly group: NotifyGroup;
  readonly members: readonly GroupMember[];
  readonly isRepeat: boolean;
  /** Something that people were told of still fires, though the message may not name it. */
  readonly isOpen: boolean;
  readonly nowMs: number;
}

/** Sentences about the messages of its alerts that a group passes on. */
const notesMax = 5;
const severityRank: Readonly<Record<Severity, number>> = { critical: 2, warning: 1, info: 0 };

/** Names the worst alerts, counts the others; one alert alone reads as it would without a group. */
export function renderGroup(message: GroupMessage): Notification {
  const { group, members, isRepeat, isOpen, nowMs } = message;
  const alerts = members.map(({ notification }) => listed(notification)).sort(worstFirst);
  const [lead] = members.map(({ notification }) => notification).sort(worstFirst);
  if (lead === undefined) throw new Error('a group message without an alert');
  const firing = alerts.filter(isFiring).length;
  const seq = group.seq + 1;
  const shown = alerts.slice(0, group.policy.maxListed);
  const identity = {
    eventId: groupEventId(group.id, { dueAt: group.dueAt ?? nowMs, seq }),
    episodeId: `${group.id.slice(0, 32)}.${group.anchorAt ?? nowMs}`,
    dedupKey: group.id,
    seq,
    transition:
      firing === 0 && !isOpen ? ('resolve' as const) : isRepeat ? ('repeat' as const) : ('trigger' as const),
    group: {
      labels: group.labels,
      firing,
      resolved: alerts.length - firing,
      alerts: shown,
      unlisted: alerts.length - shown.length + group.overflow,
    },
  };
  if (alerts.length === 1 && group.overflow === 0) return { ...lead, ...identity };
  const notes = [...new Set(members.flatMap(({ notification }) => notification.notes))].slice(0, notesMax);
  return summarise({ ...lead, ...identity, notes, evidence: null }, alerts);
}

/** The same message with other alerts in it. */
export function rebuildGroup(message: Notification, alerts: readonly ListedAlert[]): Notification {
  if (message.group === null) return message;
  const sorted = [...alerts].sort(worstFirst);
  const known = new Set(message.group.alerts.map(({ dedupKey }) => dedupKey));
  const added = sorted.filter(({ dedupKey, transition }) => transition === 'resolve' && !known.has(dedupKey));
  const group = { ...message.group, alerts: sorted, resolved: message.group.resolved + added.length };
  if (sorted.length === 1 && group.unlisted === 0) {
    const isMissed = sorted[0]?.isMissed ?? false;
    return withText({ ...message, group, isMissed });
  }
  return summarise({ ...message, group }, sorted);
}

function summarise(message: Notification, alerts: readonly ListedAlert[]): Notification {
  const { group } = message;
  if (group === null) return message;
  const worst = alerts.find(isFiring) ?? alerts[0];
  const rules = [...new Set(alerts.map(({ ruleName }) => ruleName))];
  const ruleUids = new Set(alerts.map(({ ruleUid }) => ruleUid));
  const runbooks = new Set(alerts.map(({ runbook }) => runbook));
  const listedFacts = alerts
    .slice(0, group.alerts.length)
    .map((it) => ({ name: isFiring(it) ? capital(it.severity) : 'Ended', value: lineOf(it) }));
  const unlisted = group.unlisted === 0 ? [] : [{ name: 'And', value: `${group.unlisted} more` }];
  return withText({
    ...message,
    title: titleOf(message, { rules, severity: worst?.severity ?? message.severity }),
    kind: worst?.kind ?? message.kind,
    severity: worst?.severity ?? message.severity,
    ruleUid: ruleUids.size === 1 ? (worst?.ruleUid ?? '') : '',
    ruleName: rules.length === 1 ? (rules[0] ?? '') : `${rules.length} rules`,
    labels: { ...commonOf(alerts), ...group.labels },
    op: null,
    threshold: null,
    value: null,
    unit: '',
    samples: null,
    activeAt: Math.min(...alerts.map(({ activeAt }) => activeAt)),
    firedAt: Math.min(...alerts.map(({ firedAt }) => firedAt)),
    resolvedAt: message.transition === 'resolve' ? Math.max(...alerts.map((it) => it.resolvedAt ?? 0)) : null,
    windowFrom: Math.min(...alerts.map(({ windowFrom }) => windowFrom)),
    dataAsOf: Math.max(...alerts.map(({ dataAsOf }) => dataAsOf)),
    url: worst?.url ?? message.url,
    episodeUrl: null,
    runbook: runbooks.size === 1 ? (worst?.runbook ?? null) : null,
    annotations: {},
    facts: [...listedFacts, ...unlisted],
    isMissed: alerts.every(({ isMissed }) => isMissed),
  });
}

function titleOf(
  { group, transition }: Notification,
  about: { readonly rules: readonly string[]; readonly severity: Severity },
): string {
  const { firing = 0, resolved = 0, labels = {} } = group ?? {};
  const place = placeText(labels);
  const what = about.rules.length === 1 ? (about.rules[0] ?? '') : `${about.rules.length} rules`;
  const where = `${what}${place === '' ? '' : ` (${place})`}`;
  if (transition === 'resolve') return `Resolved: ${where}, all ${resolved} alerts ended`;
  // What else was told still fires, silenced.
  if (firing === 0) return `Ended: ${where}, ${resolved} of its alerts`;
  const ended = resolved === 0 ? '' : `, ${resolved} ended`;
  const prefix = capital(`${transition === 'repeat' ? 'still ' : ''}${about.severity}`);
  const fires = firing === 1 ? '1 alert fires' : `${firing} alerts fire`;
  return `${prefix}: ${where}, ${fires}${ended}`;
}

/** The title says its severity or its end first: the line begins with that already. */
function lineOf(alert: ListedAlert): string {
  const title = alert.title.replace(/^(Still )?(critical|warning|info|resolved): /i, '');
  const since = isFiring(alert) ? `, since ${timeText(alert.activeAt)}` : '';
  return `${title}${since}${alert.isMissed ? ', told only now' : ''}`;
}

function capital(text: string): string {
  return `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}`;
}

function listed(notification: Notification): ListedAlert {
  const {
    text: _text,
    evidence: _evidence,
    notes: _notes,
    seq: _seq,
    group: _group,
    ...alert
  } = notification;
  return alert;
}

function isFiring({ transition }: Pick<ListedAlert, 'transition'>): boolean {
  return transition !== 'resolve';
}

type Ranked = Pick<ListedAlert, 'transition' | 'severity' | 'firedAt' | 'dedupKey'>;

function worstFirst(a: Ranked, b: Ranked): number {
  return (
    Number(isFiring(b)) - Number(isFiring(a)) ||
    severityRank[b.severity] - severityRank[a.severity] ||
    a.firedAt - b.firedAt ||
    (a.dedupKey < b.dedupKey ? -1 : 1)
  );
}

function commonOf(alerts: readonly ListedAlert[]): Labels {
  const [first, ...others] = alerts;
  const shared = Object.entries(first?.labels ?? {}).filter(([label, value]) =>
    others.every(({ labels }) => labels[label] === value),
  );
  return Object.fromEntries(shared);
}
