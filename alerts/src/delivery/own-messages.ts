// Messages about the channels themselves.
import type { Notification } from '../../schema/index.ts';
import { withText } from './message-text.ts';

export interface OwnMessage {
  readonly kind: 'test' | 'watchdog';
  readonly channel: string;
  readonly eventId: string;
  readonly nowMs: number;
  readonly baseUrl: string;
}

const said = {
  test: {
    ruleName: 'Nightjar test',
    title: (channel: string) => `Test: channel ${channel} of Nightjar works`,
    note: 'This is a test that somebody sent from the dashboard. Nothing is wrong.',
  },
  watchdog: {
    ruleName: 'Watchdog',
    title: () => 'Nightjar evaluates its rules and reaches this channel',
    note: 'This message comes at a fixed interval. Let its absence raise an alarm.',
  },
} as const;

export function ownMessage({ kind, channel, eventId, nowMs, baseUrl }: OwnMessage): Notification {
  const words = said[kind];
  return withText({
    eventId,
    episodeId: eventId,
    seq: 1,
    dedupKey: kind === 'test' ? `nightjar_test:${eventId}` : `nightjar_watchdog:${channel}`,
    transition: 'trigger',
    kind,
    reason: null,
    ruleUid: `nightjar.${kind}`,
    ruleName: words.ruleName,
    labels: { channel },
    severity: 'info',
    title: words.title(channel),
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
    episodeUrl: null,
    runbook: null,
    annotations: {},
    facts: [],
    notes: [words.note],
    evidence: null,
    isMissed: false,
    group: null,
  });
}
