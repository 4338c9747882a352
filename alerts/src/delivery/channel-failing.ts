import type { ClaimedRow, OutboxRow } from '../ports.ts';
import { channelFailingId } from '../ids.ts';
import { withText } from './message-text.ts';
import { timeText } from './wording.ts';

/** One message an hour for a failing channel, however many alerts it refuses. */
export const channelFailingPeriodMs = 3_600_000;

export interface ChannelFailure {
  readonly row: ClaimedRow;
  readonly reason: string;
  readonly fallback: string;
  readonly nowMs: number;
}

/** Tells the fallback channel that another lost a message, with the message, so that it is not lost to people. */
export function channelFailingRow({ row, reason, fallback, nowMs }: ChannelFailure): OutboxRow {
  const periodMs = Math.floor(nowMs / channelFailingPeriodMs) * channelFailingPeriodMs;
  const eventId = channelFailingId(row.channel, periodMs);
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
      title: `Critical: channel ${row.channel} lost an alert`,
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
        { name: 'Not delivered', value: lost.title },
        ...lost.facts,
      ],
      notes: lost.notes,
      evidence: lost.evidence,
      isMissed: false,
      group: null,
    }),
  };
}
