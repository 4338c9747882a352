// Nothing inside is reached: not when a channel is saved, not when it is tested, not when an alert goes out. A canary
// listens on this machine, where every one of these would lead if it were followed.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import type { ChannelConfig } from '../../schema/index.ts';
import { createDeliveryWorker } from '../delivery/worker.ts';
import { channelsFileName, loadChannels } from '../load-channels.ts';
import { at, rowOf } from '../store-contract/samples.ts';
import { openDnsServer } from '../test-support/dns-server.ts';
import { createMemoryStore, emptyData } from '../test-support/memory-store.ts';
import { openReceiver } from '../test-support/receiver.ts';
import { openSmtpServer } from '../test-support/smtp-server.ts';
import type { Resolve } from './guarded-address.ts';
import { openChannel } from './open-channel.ts';
import { publicOnly } from './target-policy.ts';

const log = pino({ level: 'silent' });

const literals = [
  '127.0.0.1',
  '127.1',
  '0x7f.1',
  '0x7f000001',
  '2130706433',
  '017700000001',
  '127.0.0.1.',
  '127.0.0.2',
  '0.0.0.0',
  '0',
  '[::1]',
  '[::]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[::7f00:1]',
  '[64:ff9b::7f00:1]',
  '[64:ff9b::169.254.169.254]',
  '[2002:7f00:1::1]',
  '169.254.169.254',
  '0xa9fea9fe',
  '[fe80::1]',
  '[fd00::1]',
  '[fd00:ec2::254]',
  '100.100.100.200',
  '168.63.129.16',
  '10.0.0.1',
  '172.16.0.1',
  '192.168.0.1',
  '100.64.0.1',
  '198.18.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '①②⑦.⓪.⓪.①',
  '１２７.0.0.1',
];
/** Names, and what their look-ups answer in turn. */
const names: readonly (readonly [string, readonly (readonly string[])[]])[] = [
  ['inside.example', [['127.0.0.1']]],
  ['both.example', [['8.8.8.8', '127.0.0.1']]],
  ['metadata.example', [['169.254.169.254']]],
  ['xn--bcher-kva.example', [['10.0.0.1']]],
  ['trailing.example.', [['127.0.0.1']]],
];

async function save(config: object, resolve: Resolve) {
  const dir = await mkdtemp(path.join(tmpdir(), 'nightjar-ssrf-'));
  try {
    await writeFile(path.join(dir, channelsFileName), JSON.stringify({ channels: [config] }));
    const readSecret = () => 'sixteen-or-more-characters';
    return await loadChannels(dir, { readSecret, reserved: [], policy: publicOnly, resolve });
  } finally {
    await rm(dir, { recursive: true });
  }
}

/** What a test send says, and what becomes of an alert. */
async function send(config: ChannelConfig, resolve: Resolve) {
  const channel = openChannel(config, { log, now: () => at, policy: publicOnly, resolve });
  const store = createMemoryStore(emptyData());
  const baseUrl = 'http://127.0.0.1:3400';
  const worker = createDeliveryWorker({ store, channels: [channel], baseUrl, now: () => at, log });
  const tested = await worker.test(config.name);
  await store.enqueue([rowOf('e', { channel: config.name })]);
  await worker.drain(config.name);
  const [delivery] = await store.listDeliveries({ rowsMax: 1 });
  return { tested, delivery };
}

async function expectRefused(config: ChannelConfig, resolve: Resolve): Promise<void> {
  const saved = await save(config, resolve);
  expect(saved.channels).toEqual([]);
  expect(saved.problems[0]?.message).toMatch(/^(url|host): .* (address|runs in), list /);
  const { tested, delivery } = await send(config, resolve);
  expect(tested).toMatchObject({ status: 'refused', httpStatus: null });
  expect(delivery).toMatchObject({ status: 'dead', attempts: 1 });
}

function mailTo(host: string, port: number): ChannelConfig {
  const people = { from: 'a@example.org', to: ['b@example.org'] };
  return { kind: 'email', name: 'mail', tls: 'none', host, port, ...people };
}

it.each(literals)('the literal %s', async (host) => {
  await using canary = await openReceiver(() => ({ status: 200, body: 'inside' }));
  await using mail = await openSmtpServer();
  const { port } = new URL(canary.url);
  const resolve: Resolve = async () => await Promise.reject(new Error('a literal was looked up'));
  await expectRefused({ kind: 'webhook', name: 'hook', url: `http://${host}:${port}/` }, resolve);
  const { hostname } = new URL(`http://${host}`);
  const { tested } = await send(mailTo(hostname, mail.port), resolve);
  expect(tested.status).toBe('refused');
  expect(canary.received).toHaveLength(0);
  expect(mail.lines).toEqual([]);
});

it.each(names)('the name %s', async (host, answers) => {
  await using canary = await openReceiver(() => ({ status: 200, body: 'inside' }));
  await using dns = await openDnsServer(answers);
  const { port } = new URL(canary.url);
  await expectRefused({ kind: 'alertmanager', name: 'am', url: `http://${host}:${port}` }, dns.resolve);
  expect(canary.received).toHaveLength(0);
});

it('a name that is public when it is saved and private when a message goes out, and the other way round', async () => {
  await using canary = await openReceiver(() => ({ status: 200, body: 'inside' }));
  const { port } = new URL(canary.url);
  // 198.51.100.7 is a documentation address: refused as well, so nothing leaves this machine in a test.
  for (const answers of [
    [['127.0.0.1'], ['198.51.100.7']],
    [['198.51.100.7'], ['127.0.0.1']],
  ]) {
    await using dns = await openDnsServer(answers);
    const config: ChannelConfig = { kind: 'webhook', name: 'hook', url: `http://turn.example:${port}/` };
    for (let turn = 0; turn < 6; turn += 1) {
      const { tested, delivery } = await send(config, dns.resolve);
      expect(tested.status).toBe('refused');
      expect(delivery?.status).toBe('dead');
    }
    expect(dns.queries()).toBe(12);
  }
  expect(canary.received).toHaveLength(0);
});

it.each([301, 302, 303, 307, 308])(
  'a redirect of status %d to the inside, told by its status alone',
  async (status) => {
    await using canary = await openReceiver(() => ({ status: 200, body: 'inside' }));
    await using outside = await openReceiver(() => ({
      status,
      headers: { location: canary.url },
      body: 'what lies inside',
    }));
    const port = Number(new URL(outside.url).port);
    const policy = { isPrivateAllowed: false, allowed: [{ kind: 'host' as const, host: 'localhost', port }] };
    const channel = openChannel(
      { kind: 'webhook', name: 'hook', url: outside.url.replace('127.0.0.1', 'localhost') },
      { log, now: () => at, policy },
    );
    const store = createMemoryStore(emptyData());
    const worker = createDeliveryWorker({
      store,
      channels: [channel],
      baseUrl: 'http://x',
      now: () => at,
      log,
    });
    const tested = await worker.test('hook');
    expect(tested).toMatchObject({ status: 'refused', httpStatus: status, reason: `status ${status}` });
    expect(JSON.stringify(tested)).not.toContain('what lies inside');
    await store.enqueue([rowOf('e')]);
    await worker.drain('hook');
    const [delivery] = await store.listDeliveries({ rowsMax: 1 });
    expect(delivery).toMatchObject({ status: 'dead', reason: `status ${status}` });
    expect(outside.received).toHaveLength(2);
    expect(canary.received).toHaveLength(0);
  },
);
