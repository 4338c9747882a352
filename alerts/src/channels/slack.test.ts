import { expect, it } from 'vitest';
import { notificationOf } from '../store-contract/samples.ts';
import { localPoster } from '../test-support/local-poster.ts';
import { openReceiver } from '../test-support/receiver.ts';
import { createSlackChannel } from './slack.ts';

it.each([
  ['ok', { kind: 'delivered' }],
  ['{"ok":true}', { kind: 'delivered' }],
  ['{"ok":false,"error":"invalid_blocks"}', { kind: 'rejected', reason: 'Slack answered invalid_blocks' }],
  ['{"ok":false,"error":"ratelimited"}', { kind: 'retry', reason: 'Slack answered ratelimited' }],
  ['no_service', { kind: 'rejected', reason: 'Slack answered no_service' }],
  ['fatal_error', { kind: 'retry', reason: 'Slack answered fatal_error' }],
  ['', { kind: 'rejected', reason: 'Slack answered something else than ok' }],
  ['<html>Sign in</html>', { kind: 'rejected', reason: 'Slack answered something else than ok' }],
])('status 200 with body %j', async (body, outcome) => {
  await using receiver = await openReceiver(() => ({ status: 200, body }));
  const channel = createSlackChannel(
    { name: 'ops', url: receiver.url },
    localPoster(() => 0),
  );
  expect(await channel.send(notificationOf(), AbortSignal.timeout(5_000))).toMatchObject(outcome);
});
