import type { ChannelState } from '@nightjar/collector/contract';
import { expect, it } from 'vitest';
import { channelHealth } from './channel-health.ts';

const well: ChannelState = {
  name: 'pager',
  kind: 'pagerduty',
  pending: 0,
  dead: 0,
  oldestPendingAt: null,
  lastDeliveredAt: 10,
  lastError: null,
  breaker: { state: 'closed', retryAt: null },
  heartbeatEveryMs: null,
};
const failure = { at: 20, reason: 'answered 500' };

it.each<[string, Partial<ChannelState>]>([
  ['well', {}],
  ['not used yet', { lastDeliveredAt: null }],
  ['well', { lastError: { ...failure, at: 5 } }],
  ['failing', { lastError: failure, pending: 1 }],
  ['failing', { lastError: failure, pending: 1, dead: 2 }],
  ['gave up', { lastError: failure, dead: 2 }],
  ['on trial', { breaker: { state: 'half_open', retryAt: null }, dead: 1 }],
  ['stopped', { breaker: { state: 'open', retryAt: 30 }, dead: 1, pending: 3, lastError: failure }],
])('calls it %s with %j', (text, change) => {
  expect(channelHealth({ ...well, ...change }).text).toBe(text);
});
