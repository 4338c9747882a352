import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Episode } from '@nightjar/alerts/schema';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLoginGate } from '../api/login.ts';
import { createApi } from '../api/server.ts';
import { endpoints, findingsSchema, rulesSchema, servicesSchema } from '../contract/index.ts';
import { createRangeSource } from '../query/range/range-source.ts';
import { nowMs, openSeededStorage, traceId } from '../query/testing.ts';
import { openSqliteState } from '../state/sqlite/driver.ts';
import type { StateDriver } from '../state/driver.ts';
import type { Storage } from '../storage/index.ts';
import { composeAlerting } from './alerting.ts';
import { explainStorage } from './explain-storage.ts';
import { createHandlers } from './handlers.ts';
import { healthOf } from './health.ts';

// The API over the embedded engine, with a shop's hour in it.

const scratch = mkdtempSync(join(tmpdir(), 'nightjar-handlers-'));
const log = pino({ level: 'silent' });
let storage: Storage;
let state: StateDriver;
let app: FastifyInstance;

beforeAll(async () => {
  storage = (await openSeededStorage()).storage;
  state = openSqliteState(join(scratch, 'state.sqlite'));
  const rulesDir = join(scratch, 'rules');
  mkdirSync(rulesDir);
  writeFileSync(join(rulesDir, 'good.yaml'), goodRule);
  writeFileSync(join(rulesDir, 'bad.yaml'), 'rules: [{ uid: BAD }]');
  const now = () => nowMs;
  const source = { read: async () => ({ groups: [], watermarkMs: nowMs }) };
  const dashboardUrl = 'http://127.0.0.1:3400';
  const alerting = await composeAlerting({
    config: { rulesDir, webhook: undefined, host: '127.0.0.1', channelAllow: '' },
    dashboardUrl,
    store: state.alerts,
    ruleStore: state.rules,
    source,
    rangeSource: createRangeSource({ storage, source }),
    log,
    now,
    count: () => undefined,
  });
  await state.alerts.commit({
    ruleUid: 'errors',
    expectedTickMs: null,
    tickMs: nowMs - 60_000,
    instances: [],
    removedIds: [],
    episodes: [pastEpisode],
    outbox: [],
  });
  const gate = await createLoginGate({
    login: undefined,
    salt: Buffer.alloc(32),
    sessions: state.sessions,
    now,
  });
  const handlers = createHandlers({
    storage,
    alerting: Promise.resolve(alerting),
    now,
    judge: () => ({ repeats: [], requests: [] }),
    health: async (caller) => healthOf({ ...healthFacts, engine: storage.mode }, caller),
  });
  ({ app } = await createApi({
    handlers,
    gate,
    explain: explainStorage,
    pagerDutyInbox: async () => ({ kind: 'not_configured' }),
    now,
    log,
    uiDir: scratch,
    version: '1',
    metricsText: async () => '',
    isLoopback: true,
    publicUrl: undefined,
  }));
});

afterAll(async () => {
  await app.close();
  await state.close();
  await storage.close();
  rmSync(scratch, { recursive: true, force: true });
});

const pastEpisode: Episode = {
  id: 'errors-shop-1',
  alertId: 'errors-shop',
  ruleUid: 'errors',
  ruleName: 'Errors',
  kind: 'condition',
  labels: { service: 'shop' },
  severity: 'warning',
  op: '>',
  threshold: 5,
  unit: '%',
  value: 10,
  samples: 40,
  activeAt: nowMs - 1_800_000,
  firedAt: nowMs - 1_800_000,
  resolvedAt: nowMs - 1_200_000,
  resolveReason: 'ok',
};

const goodRule = `
rules:
  - uid: errors
    name: Errors
    signal: { kind: error_rate }
    groupBy: [service]
    conditions: [{ severity: warning, threshold: 5 }]
`;

const healthFacts = {
  version: '1',
  startedMs: 0,
  nowMs,
  retentionDays: 15,
  instrumentCommand: '',
  isDatabaseReachable: true,
  spans: { firstMs: 1, lastMs: 2 },
  otlp: { http: '', grpc: '', isKeyRequired: false },
  journal: { bytes: 0, maxBytes: 1, rottenRecords: 0 },
  ruleProblems: 0,
};

async function get(path: string) {
  const reply = await app.inject({ url: `/api/v1${path}`, headers: { host: '127.0.0.1' } });
  return { status: reply.statusCode, body: reply.json<unknown>() };
}

it.each(Object.values(endpoints).filter(({ method }) => method === 'GET'))(
  'answers $path by its schema',
  async ({ path, response }) => {
    const findings = findingsSchema.parse((await get('/findings')).body).findings;
    const url = path
      .replace(':service', 'shop')
      .replace(':traceId', traceId(1))
      .replace(':findingId', findings[0]?.id ?? '')
      .replace(':uid', 'errors')
      .replace(':id', pastEpisode.id);
    const { status, body } = await get(path === '/metrics/series' ? `${url}?name=none` : url);
    expect([status, body]).toEqual([200, response.parse(body)]);
  },
);

it('finds the shop, its findings and its alerts rules through the whole stack', async () => {
  const { services } = servicesSchema.parse((await get('/services')).body);
  expect(services.find(({ service }) => service === 'shop')).toMatchObject({
    requests: 40,
    errors: 4,
    firingAlerts: 0,
  });
  const { rules, problems } = rulesSchema.parse((await get('/rules')).body);
  expect(rules.map(({ uid }) => uid)).toEqual(['errors']);
  expect(problems.map(({ path }) => path)).toEqual(
    expect.arrayContaining([expect.stringContaining('bad.yaml')]),
  );
});

it.each([`/traces/${'f'.repeat(32)}`, `/findings/${'f'.repeat(16)}`])('has no record at %s', async (path) => {
  expect(await get(path)).toMatchObject({ status: 404, body: { error: { code: 'no_such_record' } } });
});

it.each(["'; DROP TABLE spans; --", '\\', 'a%00b', '{x:String}', '日本'])(
  'takes %s for a name like any other',
  async (name) => {
    const encoded = encodeURIComponent(name);
    for (const path of [`/services/${encoded}`, `/traces?service=${encoded}`, `/logs?q=${encoded}`]) {
      expect([path, (await get(path)).status]).toEqual([path, 200]);
    }
  },
);
