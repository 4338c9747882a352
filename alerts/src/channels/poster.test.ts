import { expect, it } from 'vitest';
import { openDnsServer } from '../test-support/dns-server.ts';
import { localPoster } from '../test-support/local-poster.ts';
import { openReceiver } from '../test-support/receiver.ts';
import { guardAddress } from './guarded-address.ts';
import { createPoster, judgedBytesMax } from './poster.ts';
import { parseAllowList, publicOnly } from './target-policy.ts';

const never = new AbortController().signal;
const now = () => 0;
const portOf = (url: string) => new URL(url).port;

it.each([
  '127.0.0.1',
  '127.1',
  '0x7f.1',
  '2130706433',
  '127.0.0.1.',
  '①②⑦.⓪.⓪.①',
  '[::ffff:127.0.0.1]',
  'localhost',
  'localhost.',
])('a collector that others reach does not post to http://%s', async (host) => {
  await using receiver = await openReceiver(() => ({ status: 200 }));
  const poster = createPoster({ policy: publicOnly, now });
  const outcome = await poster.post({ url: `http://${host}:${portOf(receiver.url)}/`, body: '{}' }, never);
  expect(outcome).toMatchObject({
    kind: 'rejected',
    reason: expect.stringMatching(/ is a loopback address, list .*NIGHTJAR_CHANNEL_ALLOW/),
  });
  expect(receiver.received).toHaveLength(0);
});

it('a listed host and port is reached, another port of it is not', async () => {
  await using receiver = await openReceiver(() => ({ status: 200 }));
  await using other = await openReceiver(() => ({ status: 200 }));
  const { entries } = parseAllowList(`localhost:${portOf(receiver.url)}`);
  const poster = createPoster({ policy: { isPrivateAllowed: false, allowed: entries }, now });
  const send = async (port: string) =>
    await poster.post({ url: `http://localhost:${port}/`, body: '{}' }, never);
  expect(await send(portOf(receiver.url))).toEqual({ kind: 'delivered', status: 200 });
  expect(await send(portOf(other.url))).toMatchObject({ kind: 'rejected' });
  expect(other.received).toHaveLength(0);
});

it('a name that answers public and private in turn never reaches the private address', async () => {
  await using receiver = await openReceiver(() => ({ status: 200 }));
  await using dns = await openDnsServer([['8.8.8.8', '127.0.0.1'], ['127.0.0.1']]);
  const poster = createPoster({ policy: publicOnly, now, resolve: dns.resolve });
  const url = `http://rebind.example:${portOf(receiver.url)}/`;
  for (let turn = 0; turn < 6; turn += 1)
    expect(await poster.post({ url, body: '{}' }, never)).toMatchObject({ kind: 'rejected' });
  expect(dns.queries()).toBe(6);
  expect(receiver.received).toHaveLength(0);
});

it('a name that answers public, then private, is judged by each answer', async () => {
  await using dns = await openDnsServer([['8.8.8.8'], ['169.254.169.254']]);
  const guard = { policy: publicOnly, resolve: dns.resolve };
  const target = { host: 'rebind.example', port: 80 };
  expect(await guardAddress(target, guard)).toEqual({
    kind: 'allowed',
    addresses: [{ address: '8.8.8.8', family: 4 }],
  });
  expect(await guardAddress(target, guard)).toMatchObject({ kind: 'refused' });
});

it('the address that was judged is the one connected to: one look-up a post', async () => {
  await using receiver = await openReceiver(() => ({ status: 200 }));
  // The first answer is listed; a second look-up would lead away from the receiver.
  await using dns = await openDnsServer([['127.0.0.1'], ['127.0.0.9']]);
  const { entries } = parseAllowList('127.0.0.1');
  const policy = { isPrivateAllowed: false, allowed: entries };
  const poster = createPoster({ policy, now, resolve: dns.resolve });
  const post = { url: `http://rebind.example:${portOf(receiver.url)}/hook`, body: '{"a":1}' };
  expect(await poster.post(post, never)).toEqual({ kind: 'delivered', status: 200 });
  expect(dns.queries()).toBe(1);
  expect(receiver.received[0]).toMatchObject({ path: '/hook', body: '{"a":1}' });
  expect(receiver.received[0]?.headers.host).toBe(`rebind.example:${portOf(receiver.url)}`);
  expect(await poster.post(post, never)).toMatchObject({ kind: 'rejected' });
  expect(receiver.received).toHaveLength(1);
});

it('a name without an address is tried again', async () => {
  await using dns = await openDnsServer([[]]);
  const poster = createPoster({ policy: publicOnly, now, resolve: dns.resolve });
  expect(await poster.post({ url: 'http://nowhere.example/', body: '{}' }, never)).toMatchObject({
    kind: 'retry',
  });
});

it.each([301, 302, 303, 307, 308])('a redirect with status %d is not followed', async (status) => {
  await using inside = await openReceiver(() => ({ status: 200 }));
  await using receiver = await openReceiver(() => ({ status, headers: { location: inside.url } }));
  const outcome = await localPoster(now).post({ url: receiver.url, body: '{}' }, never);
  expect(outcome).toEqual({ kind: 'rejected', reason: `status ${status}`, status });
  expect(inside.received).toHaveLength(0);
});

it('a body that decides is read up to its limit', async () => {
  await using receiver = await openReceiver(() => ({
    status: 200,
    body: 'x'.repeat(judgedBytesMax * 4),
    isEndless: true,
  }));
  let seen = 0;
  const judge = (text: string) => {
    seen = text.length;
    return { kind: 'rejected', reason: 'not ok' } as const;
  };
  expect(await localPoster(now).post({ url: receiver.url, body: '{}', judge }, never)).toMatchObject({
    reason: 'not ok',
  });
  expect(seen).toBe(judgedBytesMax);
});

it('the signal ends an attempt that gets no answer', async () => {
  await using receiver = await openReceiver(() => 'hang');
  const outcome = await localPoster(now).post({ url: receiver.url, body: '{}' }, AbortSignal.timeout(50));
  expect(outcome).toEqual({ kind: 'retry', reason: 'timed out' });
});
