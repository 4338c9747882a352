import type { ClaimedRow, OutboxRow } from '../ports.ts';
import { channelFailingId } from '../ids.ts';
import { timeText } from './wording.ts';

/** One message an hour for a failing channel, however many alerts it refuses. */
export const channelFailingPeriodMs = 3_600_000;

export interface ChannelFailure {
  readonly row: ClaimedRow;
  readonly reason: string;
  readonly fallback: string;
  readonly baseUrl: string;
  readonly nowMs: number;
}

/** Tells the fallback channel that another lost a message, with the message, so that it is not lost to people. */
export function channelFailingRow({ row, reason, fallback, baseUrl, nowMs }: ChannelFailure): OutboxRow {
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
    notification: {
      ...lost,
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
      text: [
        `Channel: ${row.channel}`,
        `Why: ${reason}`,
        `Since: ${timeText(nowMs)}`,
        'Not delivered:',
        lost.title,
        lost.text,
      ].join('\n'),
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
      url: `${baseUrl.replace(/\/+$/, '')}/alerts`,
      runbook: null,
      annotations: {},
      facts: [],
      notes: [],
      evidence: null,
      isMissed: false,
      group: null,
    },
  };
}
