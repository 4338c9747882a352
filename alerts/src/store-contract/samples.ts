import type {
  Alert,
  AlertAction,
  AlertState,
  Episode,
  Instance,
  Notification,
  Silence,
} from '../../schema/index.ts';
import type { ClaimedRow, CommitBatch, OutboxRow } from '../ports.ts';

export const at = 1_800_000_000_000;

export function batchOf(part: Partial<CommitBatch>): CommitBatch {
  return {
    ruleUid: 'rule',
    expectedTickMs: null,
    tickMs: at,
    instances: [],
    removedIds: [],
    episodes: [],
    outbox: [],
    ...part,
  };
}

export function alertOf(part: Partial<Alert> = {}): Alert {
  return {
    id: 'a',
    ruleUid: 'rule',
    ruleName: 'p95 latency',
    kind: 'condition',
    labels: { service: 'shop', operation: 'GET /o\'brien?q="ü"' },
    severity: 'critical',
    op: '>',
    threshold: 1_000,
    unit: 'ms',
    state: 'inactive',
    value: 12.5,
    samples: 40,
    lastVerdict: 'ok',
    reason: '12.5 ms is not above 1000 ms',
    episodeId: null,
    activeAt: null,
    firedAt: null,
    resolvedAt: null,
    evaluatedAt: at,
    ...part,
  };
}

export function instanceOf(id: string, state: AlertState = 'inactive'): Instance {
  const open = { activeAt: at, firedAt: at, quietSince: null };
  const phases: Record<AlertState, Instance['phase']> = {
    inactive: { state: 'inactive' },
    pending: { state: 'pending', activeAt: at },
    firing: { state: 'firing', ...open },
    recovering: { state: 'recovering', ...open, okSince: at },
  };
  const isOpen = state === 'firing' || state === 'recovering';
  return {
    id,
    ruleUid: 'rule',
    condition: 'critical',
    group: { service: 'shop' },
    phase: phases[state],
    episode: isOpen ? episodeOf({ id: `${id}-episode`, alertId: id }) : null,
    announced: isOpen
      ? { episodeId: `${id}-episode`, firstAt: at, lastAt: at + 1, channels: ['hook', 'log'], group: null }
      : null,
    seq: 3,
    lastSeenAt: at,
    alert: alertOf({ id, state, episodeId: isOpen ? `${id}-episode` : null }),
  };
}

export function episodeOf(part: Partial<Episode> = {}): Episode {
  return {
    id: 'e',
    alertId: 'a',
    ruleUid: 'rule',
    ruleName: 'p95 latency',
    kind: 'condition',
    labels: { service: 'shop' },
    severity: 'critical',
    op: '>',
    threshold: 1_000,
    unit: 'ms',
    value: 2_000,
    samples: 40,
    activeAt: at,
    firedAt: at,
    resolvedAt: null,
    resolveReason: null,
    ...part,
  };
}

export function rowOf(eventId: string, part: Partial<OutboxRow> = {}): OutboxRow {
  const channel = part.channel ?? 'hook';
  const dedupKey = part.dedupKey ?? 'a';
  return {
    id: `${eventId}:${channel}`,
    channel,
    dedupKey,
    notification: notificationOf({ eventId, dedupKey }),
    createdAtMs: at,
    notBeforeMs: at,
    ...part,
  };
}

export function notificationOf(part: Partial<Notification> = {}): Notification {
  return {
    eventId: 'event',
    episodeId: 'e',
    seq: 1,
    dedupKey: 'a',
    transition: 'trigger',
    kind: 'condition',
    reason: null,
    ruleUid: 'rule',
    ruleName: 'p95 latency',
    labels: { service: 'shop' },
    severity: 'critical',
    title: 'Critical: p95 latency (service shop): 2,000 ms',
    text: 'Where: service shop\nValue: 2,000 ms',
    op: '>',
    threshold: 1_000,
    value: 2_000,
    unit: 'ms',
    samples: 40,
    activeAt: at,
    firedAt: at,
    resolvedAt: null,
    dataAsOf: at,
    windowFrom: at - 300_000,
    url: 'http://127.0.0.1:3400/services/shop',
    episodeUrl: null,
    runbook: null,
    annotations: {},
    facts: [],
    notes: [],
    evidence: null,
    isMissed: false,
    group: null,
    ...part,
  };
}

export function silenceOf(part: Partial<Silence> = {}): Silence {
  return {
    id: 'silence',
    kind: 'silence',
    name: '',
    recurrence: null,
    matchers: [{ label: 'service', op: '=', value: 'shop' }],
    startsAt: at,
    endsAt: at + 20,
    by: 'ada',
    reason: 'release',
    mode: 'mute',
    ...part,
  };
}

export function actionOf(part: Partial<AlertAction> = {}): AlertAction {
  return {
    id: 'action',
    alertId: 'a',
    episodeId: 'e',
    kind: 'ack',
    at,
    until: null,
    by: 'ada',
    note: 'looking',
    source: 'dashboard',
    ...part,
  };
}

/** The row as it was enqueued. */
export function unclaimed(row: ClaimedRow): OutboxRow {
  const { attempt: _attempt, lease: _lease, behind: _behind, ...rest } = row;
  return rest;
}
