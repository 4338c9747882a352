import { createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import { at, notificationOf } from '../store-contract/samples.ts';
import { localPoster } from '../test-support/local-poster.ts';
import { openReceiver } from '../test-support/receiver.ts';
import type { Answer } from '../test-support/receiver.ts';
import { answerBytesMax } from './poster.ts';
import { parseRetryAfter } from './retry-after.ts';
import { checkTarget } from './target.ts';
import { createWebhookChannel } from './webhook.ts';

const now = () => at;
const never = new AbortController().signal;
const send = async (url: string, secret?: string) =>
  await createWebhookChannel({ name: 'hook', url, secret }, { poster: localPoster(now), now }).send(
    notificationOf(),
    never,
  );

it.each<[Answer, object]>([
  [{ status: 200 }, { kind: 'delivered' }],
  [{ status: 204 }, { kind: 'delivered' }],
  [
    { status: 301, headers: { location: 'http://127.0.0.1:1/' } },
    { kind: 'rejected', reason: 'status 301' },
  ],
  [
    { status: 400, body: 'bad' },
    { kind: 'rejected', reason: 'status 400', detail: 'bad' },
  ],
  [{ status: 401 }, { kind: 'rejected', reason: 'status 401' }],
  [{ status: 404 }, { kind: 'rejected', reason: 'status 404' }],
  [{ status: 408 }, { kind: 'retry', reason: 'status 408' }],
  [{ status: 425 }, { kind: 'retry', reason: 'status 425' }],
  [
    { status: 429, headers: { 'retry-after': '7' } },
    { kind: 'retry', reason: 'status 429', afterMs: 7_000 },
  ],
  [{ status: 500 }, { kind: 'retry', reason: 'status 500' }],
  [
    { status: 503, headers: { 'retry-after': 'soon' } },
    { kind: 'retry', reason: 'status 503' },
  ],
])('an answer %j is %j', async (answer, outcome) => {
  await using receiver = await openReceiver(() => answer);
  expect(await send(receiver.url)).toEqual({ ...outcome, status: answer.status });
  expect(receiver.received).toHaveLength(1);
});

it('a long answer is cut', async () => {
  await using receiver = await openReceiver(() => ({ status: 400, body: 'x'.repeat(1_000_000) }));
  const outcome = await send(receiver.url);
  expect(JSON.stringify(outcome).length).toBeLessThan(answerBytesMax + 100);
});

it.each([200, 400])('an answer of status %d that never ends is not waited for', async (status) => {
  await using receiver = await openReceiver(() => ({ status, body: 'x'.repeat(5_000), isEndless: true }));
  expect(await send(receiver.url)).toMatchObject({ kind: status === 200 ? 'delivered' : 'rejected' });
});

it('nobody there is a retry that says why', async () => {
  const gone = await openReceiver(() => ({ status: 200 }));
  await gone[Symbol.asyncDispose]();
  expect(await send(gone.url)).toMatchObject({
    kind: 'retry',
    reason: expect.stringContaining('ECONNREFUSED'),
  });
});

it('sends the body of Alertmanager version 4 with facts of its own', async () => {
  await using receiver = await openReceiver(() => ({ status: 200 }));
  await send(receiver.url);
  const [request] = receiver.received;
  expect(request).toMatchObject({ method: 'POST', path: '/hook' });
  expect(request?.headers).toMatchObject({ 'content-type': 'application/json', 'idempotency-key': 'event' });
  expect(request?.headers).not.toHaveProperty('x-nightjar-signature');
  const body: unknown = JSON.parse(request?.body ?? '');
  const labels = { service: 'shop', alertname: 'p95 latency', severity: 'critical', rule_uid: 'rule' };
  expect(body).toMatchObject({
    version: '4',
    groupKey: 'a',
    status: 'firing',
    receiver: 'hook',
    truncatedAlerts: 0,
    groupLabels: { service: 'shop' },
    commonLabels: labels,
    externalURL: 'http://127.0.0.1:3400',
    alerts: [
      {
        status: 'firing',
        labels,
        annotations: { title: notificationOf().title },
        startsAt: new Date(at).toISOString(),
        endsAt: '0001-01-01T00:00:00Z',
        generatorURL: notificationOf().url,
        fingerprint: 'a',
      },
    ],
    eventId: 'event',
    episodeId: 'e',
    seq: 1,
    value: 2_000,
    threshold: 1_000,
    samples: 40,
  });
});

it('with a secret, the time and body are signed', async () => {
  await using receiver = await openReceiver(() => ({ status: 200 }));
  const secret = 'sixteen-or-more-characters';
  await send(receiver.url, secret);
  const [request] = receiver.received;
  const seconds = at / 1_000;
  const expected = createHmac('sha256', secret)
    .update(`${seconds}.${request?.body ?? ''}`)
    .digest('hex');
  expect(request?.headers['x-nightjar-signature']).toBe(`t=${seconds},v1=${expected}`);
});

it.each([
  ['https://hooks.example/x', 'allowed'],
  ['http://127.0.0.1:9/x', 'allowed'],
  ['file:///etc/passwd', 'refused'],
  ['gopher://example', 'refused'],
  ['https://user:secret@example/', 'refused'],
  ['not an address', 'refused'],
])('the address %s is %s', (address, kind) => {
  expect(checkTarget(address).kind).toBe(kind);
});

it('a refused address is never called', async () => {
  expect(await send('file:///etc/passwd')).toMatchObject({ kind: 'rejected' });
});

it.each([
  [null, undefined],
  ['7', 7_000],
  ['0', 0],
  ['86400', 3_600_000],
  ['Fri, 15 Jan 2027 08:00:07 GMT', 7_000],
  ['Fri, 15 Jan 2027 07:00:00 GMT', 0],
  ['-3', undefined],
  ['soon', undefined],
])('Retry-After %j', (header, expected) => {
  expect(parseRetryAfter(header, Date.UTC(2027, 0, 15, 8))).toBe(expected);
});
