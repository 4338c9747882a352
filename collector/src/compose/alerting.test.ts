import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import type { StateDriver } from '../state/driver.ts';
import { openSqliteState } from '../state/sqlite/driver.ts';
import { composeAlerting } from './alerting.ts';
import type { AlertingOptions } from './alerting.ts';

const rulesDir = mkdtempSync(join(tmpdir(), 'nightjar-alerting-'));
const received: unknown[] = [];
let receiver: Server;
let state: StateDriver;

beforeAll(async () => {
  state = openSqliteState(join(rulesDir, 'state.sqlite'));
  writeFileSync(join(rulesDir, 'errors.yaml'), rule);
  receiver = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      received.push(JSON.parse(Buffer.concat(parts).toString()));
      response.end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
});

afterAll(async () => {
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
  await state.close();
  rmSync(rulesDir, { recursive: true, force: true });
});

const reach = { host: '127.0.0.1', channelAllow: '' };

const rule = `
rules:
  - uid: errors
    name: Errors
    signal: { kind: error_rate }
    schedule: { every: 1s, delay: 0s, window: 1m }
    groupBy: [service, environment]
    conditions: [{ severity: critical, threshold: 5 }]
`;

const noRange = {
  strideOf: () => 1,
  readRange: async () => ({ groups: [], groupsSeen: 0, resolution: 'exact' as const }),
};

function options(): AlertingOptions {
  const address = z.object({ port: z.number() }).parse(receiver.address());
  return {
    config: { ...reach, rulesDir, webhook: { url: `http://127.0.0.1:${address.port}/` } },
    store: state.alerts,
    ruleStore: state.rules,
    rangeSource: noRange,
    source: {
      read: async () => ({
        groups: [
          { labels: { service: 'shop', environment: 'production' }, value: 50, samples: 100 },
          { labels: { service: 'shop', environment: 'staging' }, value: 60, samples: 100 },
          { labels: { service: 'mail', environment: 'production' }, value: 1, samples: 100 },
        ],
        watermarkMs: Date.now(),
      }),
    },
    dashboardUrl: 'http://127.0.0.1:3400',
    log: pino({ level: 'silent' }),
    count: () => undefined,
    now: Date.now,
  };
}

it('evaluates the rules of the directory, tells the webhook, and lists what fires', async () => {
  const alerting = await composeAlerting(options());
  alerting.start();
  await expect.poll(() => received.length, { timeout: 8_000 }).toBe(2);
  await alerting.stop();
  expect(received[0]).toMatchObject({ status: 'firing', receiver: 'webhook' });
  expect(await alerting.firingByService()).toEqual(new Map([['shop', 2]]));
  const firing = await alerting.store.listAlerts({ states: ['firing'], rowsMax: 10 });
  expect(new Set(firing.map(({ labels }) => labels['environment']))).toEqual(
    new Set(['production', 'staging']),
  );
  const since = { fromMs: Date.now() - 60_000, toMs: Date.now() + 1, rowsMax: 10 };
  expect(await alerting.store.listEpisodes(since)).toHaveLength(2);
});

it('opens the channels of channels.yaml and names those it cannot open', async () => {
  const address = z.object({ port: z.number() }).parse(receiver.address());
  const dir = mkdtempSync(join(rulesDir, 'channels-'));
  writeFileSync(join(dir, 'rules.yaml'), rule.replace('uid: errors', 'uid: others'));
  writeFileSync(
    join(dir, 'channels.yaml'),
    `channels:
  - { name: ops, kind: webhook, url: "http://127.0.0.1:${address.port}/" }
  - { name: webhook, kind: log }
  - { name: pager, kind: webhook, url: "http://x/", secret: "\${NIGHTJAR_TEST_NOT_SET}" }`,
  );
  const { config } = options();
  const alerting = await composeAlerting({ ...options(), config: { ...config, rulesDir: dir } });
  expect(alerting.listRules().problems).toEqual([
    { path: 'channels.yaml webhook', problem: 'name: webhook is taken, choose another' },
    {
      path: 'channels.yaml channels.2',
      problem: 'secret: refers to NIGHTJAR_TEST_NOT_SET, which is not set in the environment',
    },
  ]);
  alerting.start();
  const isFromOps = (body: unknown) => z.object({ receiver: z.literal('ops') }).safeParse(body).success;
  await expect.poll(() => received.filter(isFromOps).length, { timeout: 8_000 }).toBe(2);
  await alerting.stop();
});

it('refuses a directory of rules that cannot be read', async () => {
  const config = { ...reach, rulesDir: join(rulesDir, 'missing'), webhook: undefined };
  await expect(composeAlerting({ ...options(), config })).rejects.toMatchObject({
    code: 'config_invalid',
    message: expect.stringMatching(/^NIGHTJAR_RULES_DIR=.*missing: cannot list the folder \(ENOENT\)/),
  });
});

it('refuses a list of receivers that cannot be read, rather than to reach fewer', async () => {
  const config = { ...options().config, channelAllow: 'alerts.lan:9093, 10.0.0.0/40' };
  await expect(composeAlerting({ ...options(), config })).rejects.toMatchObject({
    code: 'config_invalid',
    message: expect.stringMatching(/^NIGHTJAR_CHANNEL_ALLOW=alerts.*: 10.0.0.0\/40 is not host, host:port/),
  });
});
