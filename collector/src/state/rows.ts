import type {
  ClaimedRow,
  Delivery,
  DeliveryStatus,
  KeptRule,
  OutboxRow,
  StoredGroup,
} from '@nightjar/alerts';
import {
  alertAction,
  alertRule,
  episode,
  explainIssues,
  instance,
  notification,
  notifyGroup,
  silence,
} from '@nightjar/alerts/schema';
import type { Alert, AlertAction, AlertState, Episode, Instance, Silence } from '@nightjar/alerts/schema';

/** One row of either database: the tables have the same columns, the records are JSON in `body`. */
export type StateRow = Readonly<Record<string, unknown>>;

export const stateRank: Readonly<Record<AlertState, number>> = {
  firing: 0,
  recovering: 1,
  pending: 2,
  inactive: 3,
};

export function ranksOf(states: readonly AlertState[] | undefined): number[] {
  return states === undefined ? Object.values(stateRank) : states.map((state) => stateRank[state]);
}

export function changedAtMs(it: Alert): number {
  return Math.max(it.activeAt ?? 0, it.firedAt ?? 0, it.resolvedAt ?? 0);
}

export function parseInstance(row: StateRow): Instance {
  return instance.parse(bodyOf(row));
}

export function parseEpisode(row: StateRow): Episode {
  return episode.parse(bodyOf(row));
}

export function parseAction(row: StateRow): AlertAction {
  return alertAction.parse(bodyOf(row));
}

export function parseSilence(row: StateRow): Silence {
  return silence.parse(bodyOf(row));
}

/**
 * What another version kept and this one cannot read, such as a time zone it does not know, holds nothing back: rather a
 * message too many than no rule evaluated for it.
 */
export function readableSilences(rows: readonly StateRow[]): Silence[] {
  return rows.flatMap((row) => {
    const read = silence.safeParse(bodyOf(row));
    return read.success ? [read.data] : [];
  });
}

export function parseGroup(row: StateRow): StoredGroup {
  return { version: Number(row['version']), group: notifyGroup.parse(bodyOf(row)) };
}

export function parseNotification(row: StateRow): OutboxRow['notification'] {
  return notification.parse(JSON.parse(String(row['notification'])));
}

export function toOutboxRow(row: StateRow): Omit<ClaimedRow, 'attempt' | 'lease' | 'behind'> {
  return {
    id: String(row['id']),
    channel: String(row['channel']),
    dedupKey: String(row['dedup_key']),
    notification: parseNotification(row),
    createdAtMs: Number(row['created_at_ms']),
    notBeforeMs: Number(row['not_before_ms']),
  };
}

export function toDelivery(row: StateRow): Delivery {
  const { reason } = row;
  return {
    id: String(row['id']),
    channel: String(row['channel']),
    status: toStatus(row['status']),
    attempts: Number(row['attempt']),
    reason: typeof reason === 'string' ? reason : null,
    createdAtMs: Number(row['created_at_ms']),
    notBeforeMs: Number(row['not_before_ms']),
    settledAtMs: row['settled_at_ms'] === null ? null : Number(row['settled_at_ms']),
    notification: parseNotification(row),
  };
}

/** What is wrong with it, as a sentence, when this version cannot read it. */
export function readKeptRule(row: StateRow): KeptRule | string {
  const parsed = alertRule.safeParse(bodyOf(row));
  if (!parsed.success)
    return explainIssues(parsed.error)[0] ?? 'rule: cannot be read, save it again in the dashboard';
  const by = row['changed_by'];
  return {
    rule: parsed.data,
    changedAtMs: Number(row['changed_at_ms']),
    changedBy: typeof by === 'string' ? by : null,
  };
}

function bodyOf(row: StateRow): unknown {
  return JSON.parse(String(row['body']));
}

function toStatus(value: unknown): DeliveryStatus {
  return value === 'delivered' || value === 'dead' || value === 'absorbed' ? value : 'pending';
}
