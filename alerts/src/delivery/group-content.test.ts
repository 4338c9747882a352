import { expect, it } from 'vitest';
import type { Notification, NotifyGroup } from '../../schema/index.ts';
import { at, notificationOf } from '../store-contract/samples.ts';
import { renderGroup } from './group-content.ts';

const policy = { waitMs: 0, intervalMs: 60_000, repeatMs: null, maxListed: 2, sendResolved: true };
const group: NotifyGroup = {
  id: 'g'.repeat(64),
  scope: 'route:shop',
  labels: { service: 'shop' },
  channel: 'hook',
  policy,
  members: [],
  overflow: 0,
  anchorAt: null,
  flushedAt: null,
  dueAt: at,
  seq: 0,
};
const told = (...parts: Partial<Notification>[]) =>
  parts.map((part, index) => ({
    notification: notificationOf({ dedupKey: `k${index}`, ...part }),
    isTold: false,
  }));
const ended = { transition: 'resolve', resolvedAt: at, title: 'Resolved: p95 latency after 5 min' } as const;
const render = (members: ReturnType<typeof told>, part: { isRepeat?: boolean; isOpen?: boolean } = {}) =>
  renderGroup({ group, members, isRepeat: false, isOpen: false, nowMs: at, ...part });

it('names the worst first, as many as it may, and counts the rest', () => {
  const message = render(
    told(
      { severity: 'warning', title: 'Warning: queue (queue mail): 9 jobs', ruleName: 'queue', ruleUid: 'q' },
      ended,
      {
        title: 'Critical: p95 latency: 2,000 ms',
        episodeUrl: 'http://127.0.0.1:3400/e',
        notes: ['The annotation x was left out: no.'],
      },
    ),
  );
  expect(message.title).toBe('Critical: 2 rules (service shop), 2 alerts fire, 1 ended');
  expect(message.text.split('\n')).toEqual([
    'Critical: p95 latency: 2,000 ms, since 2027-01-15 08:00 UTC',
    'Warning: queue (queue mail): 9 jobs, since 2027-01-15 08:00 UTC',
    'And: 1 more',
    'The annotation x was left out: no.',
    'Dashboard: http://127.0.0.1:3400/services/shop',
  ]);
  expect(message).toMatchObject({
    dedupKey: group.id,
    transition: 'trigger',
    severity: 'critical',
    labels: { service: 'shop' },
    seq: 1,
    value: null,
    group: { firing: 2, resolved: 1, unlisted: 1 },
  });
});

it('one alert alone reads as it would without a group, under the key of the group', () => {
  const message = render(told({}));
  expect(message).toMatchObject({ title: notificationOf().title, dedupKey: group.id, group: { firing: 1 } });
});

it('resolves with the last, and not while what was told fires silenced', () => {
  const members = told(ended, ended);
  expect(render(members)).toMatchObject({
    transition: 'resolve',
    title: 'Resolved: p95 latency (service shop), all 2 alerts ended',
  });
  expect(render(members, { isOpen: true })).toMatchObject({
    transition: 'trigger',
    title: 'Ended: p95 latency (service shop), 2 of its alerts',
  });
  expect(render(told({}, {}), { isRepeat: true })).toMatchObject({
    transition: 'repeat',
    title: 'Still critical: p95 latency (service shop), 2 alerts fire',
  });
});

it('is another event at every flush, and the same from any evaluator', () => {
  const members = told({}, {});
  const first = render(members);
  expect(render(members).eventId).toBe(first.eventId);
  const later = renderGroup({
    group: { ...group, seq: 1, dueAt: at + 60_000 },
    members,
    isRepeat: false,
    isOpen: false,
    nowMs: at + 60_500,
  });
  expect(later.eventId).not.toBe(first.eventId);
});
