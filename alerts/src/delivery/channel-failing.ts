import type { ClaimedRow, OutboxRow } from '../ports.ts';
import { channelFailingId } from '../ids.ts';
import { withText } from './message-text.ts';
import { timeText } from './wording.ts';

/** One message an hour for a failing channel, however many alerts it refuses. */
export const channelFailingPeriodMs = 3_600_000;
/** A message that waits so long for a channel that does not answer is told elsewhere, and again so often. */
export const channelLateAfterMs = 900_000;
export const channelLatePeriodMs = 4 * 3_600_000;

export interface ChannelFailure {
  readonly row: ClaimedRow;
  /** lost: it will not be sent again. late: it is tried on. */
  readonly what: 'lost' | 'late';
  readonly reason: string;
  readonly fallback: string;
  readonly nowMs: number;
}

const said = {
  lost: { periodMs: channelFailingPeriodMs, title: 'lost an alert', fact: 'Not delivered' },
  late: {
    periodMs: channelLatePeriodMs,
    title: 'does not answer, an alert waits',
    fact: 'Not yet delivered',
  },
} as const;

/** Tells the fallback channel that another lost a message or keeps it waiting, with the message, so that people know. */
export function channelFailingRow({ row, what, reason, fallback, nowMs }: ChannelFailure): OutboxRow {
  const { periodMs, title, fact } = said[what];
  const startMs = Math.floor(nowMs / periodMs) * periodMs;
  const eventId = channelFailingId(what === 'lost' ? row.channel : `${row.channel} ${what}`, startMs);
  const dedupKey = `channel_failing:${row.channel}`;
  const lost = row.notification;
  return {
    id: `${eventId}:${fallback}`,
    channel: fallback,
    dedupKey,
    createdAtMs: nowMs,
    notBeforeMs: nowMs,
    notification: withText({
      eventId,
      episodeId: eventId,
      seq: 1,
      dedupKey,
      transition: 'trigger',
      kind: 'channel_failing',
      reason: null,
      ruleUid: '',
      ruleName: 'channel failing',
      labels: { channel: row.channel },
      severity: 'critical',
      title: `Critical: channel ${row.channel} ${title}`,
      op: null,
      threshold: null,
      value: null,
      unit: '',
      samples: null,
      activeAt: nowMs,
      firedAt: nowMs,
      resolvedAt: null,
      dataAsOf: nowMs,
      windowFrom: nowMs,
      url: lost.url,
      episodeUrl: lost.episodeUrl,
      runbook: lost.runbook,
      annotations: {},
      facts: [
        { name: 'Channel', value: row.channel },
        { name: 'Why', value: reason },
        { name: 'Since', value: timeText(nowMs) },
        { name: fact, value: lost.title },
        ...lost.facts,
      ],
      notes: lost.notes,
      evidence: lost.evidence,
      isMissed: false,
      group: null,
    }),
  };
}
