import type { Delivery } from '@nightjar/alerts';
import type { AlertAction, Episode } from '@nightjar/alerts/schema';
import { notification, silence } from '@nightjar/alerts/schema';
import { expect, it } from 'vitest';
import { timelineOf } from './timeline.ts';

const episode: Episode = {
  id: 'e',
  alertId: 'a',
  ruleUid: 'r',
  ruleName: 'p95',
  kind: 'condition',
  labels: { service: 'shop' },
  severity: 'warning',
  op: '>',
  threshold: 500,
  unit: 'ms',
  value: 742.1349,
  samples: 1,
  activeAt: 100,
  firedAt: 200,
  resolvedAt: 900,
  resolveReason: 'stale',
};
const message = notification.parse({
  ...episode,
  eventId: 'v',
  episodeId: 'e',
  seq: 0,
  dedupKey: 'd',
  transition: 'trigger',
  reason: null,
  title: '',
  text: '',
  dataAsOf: 200,
  url: '',
  runbook: null,
  annotations: {},
});
const delivery = (channel: string, more: Partial<Delivery>): Delivery => ({
  id: channel,
  channel,
  status: 'delivered',
  attempts: 1,
  reason: null,
  createdAtMs: 210,
  notBeforeMs: 210,
  settledAtMs: null,
  notification: message,
  ...more,
});
const action = (kind: AlertAction['kind'], more: Partial<AlertAction>): AlertAction => ({
  id: kind,
  alertId: 'a',
  episodeId: 'e',
  kind,
  at: 400,
  until: null,
  by: 'ada',
  note: '',
  source: 'dashboard',
  ...more,
});

it('tells everything once, in order, in words', () => {
  const hour = 3_600_000;
  const entries = timelineOf({
    episode,
    deliveries: [
      delivery('pager', { settledAtMs: 220 }),
      delivery('mail', { status: 'dead', settledAtMs: 300, reason: 'answered 400' }),
      delivery('chat', { status: 'pending', attempts: 2, createdAtMs: 215, reason: 'timed out' }),
      delivery('next', { status: 'pending', attempts: 0 }),
      delivery('old', { status: 'absorbed', settledAtMs: 300 }),
    ],
    actions: [
      action('ack', { note: 'on it', source: 'pagerduty' }),
      action('snooze', { at: 500, until: 500 + 3 * hour }),
    ],
    silences: [
      {
        silence: silence.parse({
          id: 's',
          matchers: [{ label: 'a', value: 'b' }],
          startsAt: 1,
          endsAt: 2,
          by: 'lin',
          reason: 'deploy',
        }),
        fromMs: 450,
      },
    ],
    releases: [{ release: '1.4.2', firstSeenMs: 50 }],
  });
  expect(entries.map(({ at, kind, text }) => `${at} ${kind}: ${text}`)).toEqual([
    '50 release: release 1.4.2 of shop',
    '100 pending: went beyond the threshold: pending',
    '200 firing: fired at 742.1 ms (> 500 ms) in 1 sample',
    '215 failed: chat could not be told (trigger) yet: timed out',
    '220 delivered: pager was told (trigger)',
    '300 failed: mail could not be told (trigger), given up: answered 400',
    '400 acknowledged: ada (PagerDuty) acknowledged it: on it',
    '450 silenced: a silence of lin holds the messages back: deploy',
    '500 snoozed: ada snoozed it for 3 h',
    '900 resolved: resolved: stale',
  ]);
});

it('has no pending for what fired at once, and no value for an alert about the rule itself', () => {
  const bare = {
    ...episode,
    activeAt: 200,
    value: null,
    threshold: null,
    op: null,
    samples: null,
    resolvedAt: null,
  };
  const entries = timelineOf({ episode: bare, deliveries: [], actions: [], silences: [], releases: [] });
  expect(entries).toEqual([{ at: 200, kind: 'firing', text: 'fired' }]);
});
