import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPagerDutyInbox } from '@nightjar/alerts';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { createAlertHandlers } from '../api/alerting/index.ts';
import { closeApis, local, login, openApi } from '../api/testing.ts';
import { endpoints, errorSchema } from '../contract/index.ts';
import { openSqliteState } from '../state/sqlite/driver.ts';
import type { StateDriver } from '../state/driver.ts';
import { composeAlerting } from './alerting.ts';
import type { Alerting } from './alerting.ts';

// The routes on alerting over the real engine, stores and delivery; only the readings are made up.

const dir = mkdtempSync(join(tmpdir(), 'nightjar-alert-api-'));
const secret = 'a secret of sixteen or more';
let state: StateDriver;
let alerting: Alerting;
let app: FastifyInstance;
let guarded: FastifyInstance;

const fileRule = `
rules:
  - uid: errors
    name: Errors
    runbook: https://wiki.example/errors
    signal: { kind: error_rate }
    schedule: { every: 1s, delay: 0s, window: 1m }
    groupBy: [service]
    conditions: [{ severity: critical, threshold: 5 }]
`;

beforeAll(async () => {
  writeFileSync(join(dir, 'errors.yaml'), fileRule);
  state = openSqliteState(join(dir, 'state.sqlite'));
  alerting = await composeAlerting({
    config: { rulesDir: dir, webhook: undefined, host: '127.0.0.1', channelAllow: '' },
    store: state.alerts,
    ruleStore: state.rules,
    source: {
      read: async () => ({
        groups: [{ labels: { service: 'shop' }, value: 50, samples: 100 }],
        watermarkMs: Date.now(),
      }),
    },
    rangeSource: {
      strideOf: () => 1,
      readRange: async () => ({ groups: [], groupsSeen: 0, resolution: 'exact' }),
    },
    dashboardUrl: 'http://127.0.0.1:3400',
    log: pino({ level: 'silent' }),
    count: () => undefined,
    now: Date.now,
  });
  alerting.start();
  const answers = createAlertHandlers({
    desk: Promise.resolve(alerting),
    now: Date.now,
    releases: async () => [{ release: '1.4.2', firstSeenMs: Date.now() - 60_000 }],
  });
  const { store, actions } = alerting;
  const pagerDutyInbox = createPagerDutyInbox({ store, actions, secrets: [secret] });
  ({ app } = await openApi({ answers, pagerDutyInbox }));
  ({ app: guarded } = await openApi({ answers, pagerDutyInbox, login }));
  await vi.waitUntil(async () => (await firing()) === 1, { timeout: 8_000 });
});

afterAll(async () => {
  await closeApis();
  await alerting.stop();
  await state.close();
  rmSync(dir, { recursive: true, force: true });
});

const firing = async () => (await state.alerts.listAlerts({ states: ['firing'], rowsMax: 10 })).length;

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

async function ask(method: Method, path: string, payload?: object) {
  const headers = { ...local, ...(payload === undefined ? {} : { 'content-type': 'application/json' }) };
  const reply = await app.inject({
    method,
    url: `/api/v1${path}`,
    headers,
    ...(payload === undefined ? {} : { payload }),
  });
  return { status: reply.statusCode, body: reply.json<unknown>() };
}

async function refusal(method: Method, path: string, payload?: object) {
  const { status, body } = await ask(method, path, payload);
  return { status, ...errorSchema.parse(body).error };
}

async function alertNow() {
  const { alerts } = endpoints.alerts.response.parse((await ask('GET', '/alerts')).body);
  const found = alerts.find(({ state: now }) => now === 'firing');
  if (found === undefined) throw new Error('nothing fires');
  return found;
}

it('acknowledges, snoozes, and takes both back', async () => {
  const { id, acknowledged, snoozed } = await alertNow();
  expect([acknowledged, snoozed]).toEqual([null, null]);
  const path = `/alerts/${encodeURIComponent(id)}`;
  const acked = endpoints.acknowledge.response.parse(
    (await ask('POST', `${path}/ack`, { note: 'on it', by: 'ada' })).body,
  );
  expect(acked.acknowledged).toMatchObject({ by: 'ada', note: 'on it' });
  await ask('POST', `${path}/snooze`, { minutes: 15 });
  expect((await alertNow()).snoozed?.by).toBe('dashboard');
  await ask('DELETE', `${path}/snooze`);
  await ask('DELETE', `${path}/ack`);
  expect(await alertNow()).toMatchObject({ acknowledged: null, snoozed: null });
  expect(await refusal('POST', '/alerts/none/ack', {})).toMatchObject({
    status: 404,
    code: 'no_such_record',
  });
  expect(await refusal('POST', `${path}/snooze`, { minutes: 10_081 })).toMatchObject({
    status: 400,
    fields: [{ path: 'minutes', problem: 'out of range, write at most 10080' }],
  });
});

it('tells an episode: what happened, who was told, and what can be done', async () => {
  const { id, episodeId } = await alertNow();
  await ask('POST', `/alerts/${encodeURIComponent(id)}/ack`, { by: 'grace' });
  await expect
    .poll(async () => (await state.alerts.listDeliveries({ rowsMax: 10 }))[0]?.status, { timeout: 8_000 })
    .toBe('delivered');
  const { status, body } = await ask('GET', `/episodes/${encodeURIComponent(episodeId ?? '')}`);
  expect(status).toBe(200);
  const detail = endpoints.episode.response.parse(body);
  expect(detail).toMatchObject({ hasRule: true, runbook: 'https://wiki.example/errors' });
  expect(detail.deliveries).toMatchObject([{ channel: 'log', transition: 'trigger', status: 'delivered' }]);
  const kinds = detail.timeline.map(({ kind }) => kind);
  expect(kinds).toEqual(expect.arrayContaining(['release', 'firing', 'delivered', 'acknowledged']));
  expect(detail.timeline.find(({ kind }) => kind === 'firing')?.text).toBe(
    'fired at 50 % (> 5 %) in 100 samples',
  );
  expect(await refusal('GET', '/episodes/none')).toMatchObject({ status: 404 });
  const noise = endpoints.noise.response.parse((await ask('GET', '/alerts/noise')).body);
  expect(noise.rows).toMatchObject([{ ruleUid: 'errors', pages: 1, neverActedOn: 0 }]);
});

const own = {
  uid: 'slow-shop',
  name: 'Slow shop',
  signal: { kind: 'latency', quantile: 0.95 },
  conditions: [{ severity: 'warning', threshold: 500 }],
};

it('makes, changes, exports and removes a rule, which is in force at once', async () => {
  const made = endpoints.createRule.response.parse((await ask('POST', '/rules', own)).body);
  expect(made.facts.source).toMatchObject({ kind: 'ui' });
  expect(alerting.listRules().rules.map(({ uid }) => uid)).toEqual(['errors', 'slow-shop']);
  expect(await refusal('POST', '/rules', own)).toMatchObject({
    status: 409,
    fields: [{ path: 'uid', problem: 'slow-shop is taken, choose another' }],
  });
  const changed = { ...own, enabled: false };
  const replaced = await ask('PUT', '/rules/slow-shop', changed);
  expect(endpoints.replaceRule.response.parse(replaced.body).rule.enabled).toBe(false);
  const exported = endpoints.exportRules.response.parse((await ask('GET', '/rules/export')).body);
  expect(parse(exported.yaml)).toEqual({ rules: [changed] });
  expect((await ask('DELETE', '/rules/slow-shop')).body).toEqual({ isRemoved: true });
  expect(await refusal('DELETE', '/rules/slow-shop')).toMatchObject({ status: 404 });
  expect(alerting.listRules().rules.map(({ uid }) => uid)).toEqual(['errors']);
});

it('leaves the rules of files to the files', async () => {
  const rule = endpoints.rule.response.parse((await ask('GET', '/rules/errors')).body);
  expect(rule.facts).toMatchObject({ source: { kind: 'file', path: 'errors.yaml:3' }, firing: 1 });
  expect(rule.yaml).toContain('uid: errors');
  for (const refused of [
    await refusal('DELETE', '/rules/errors'),
    await refusal('PUT', '/rules/errors', { ...own, uid: 'errors' }),
  ])
    expect(refused).toMatchObject({
      status: 409,
      code: 'conflict',
      message: 'Rule errors stands in errors.yaml:3.',
    });
});

const wrong: readonly (readonly [string, object, string, string])[] = [
  [
    'a threshold that is text',
    { conditions: [{ severity: 'warning', threshold: 'much' }] },
    'conditions.0.threshold',
    'wrong type',
  ],
  ['a duration that is none', { for: 'soon' }, 'for', 'is not a duration'],
  ['an id that is none', { uid: 'Not an id' }, 'uid', 'must be 1 to 80'],
  [
    'a channel that is not there',
    { notify: { channels: ['pager'] } },
    'notify.channels',
    'there is no channel pager',
  ],
  [
    'a pattern that is none',
    { signal: { ...own.signal, filter: [{ label: 'service', op: '=~', value: '(' }] } },
    'signal.filter.0.value',
    'not a regular expression',
  ],
  ['a name of a page', { uid: 'export' }, 'uid', 'is reserved'],
];
it.each(wrong)('names the field of %s', async (_, change, path, problem) => {
  const refused = await refusal('POST', '/rules', { ...own, ...change });
  expect(refused).toMatchObject({ status: 400, code: 'invalid_body' });
  expect(refused.fields?.find((field) => field.path === path)?.problem).toContain(problem);
});

it('checks a draft and YAML without saving them', async () => {
  const check = async (draft: object) =>
    endpoints.checkRule.response.parse((await ask('POST', '/rules/check', draft)).body);
  const good = await check({ rule: own });
  expect(good.problems).toEqual([]);
  expect(good.warnings.map(({ path }) => path)).toEqual(['guard.minSamples']);
  expect((await check({ yaml: good.yaml ?? '' })).rule).toEqual(good.rule);
  expect(await check({ yaml: 'rules: [' })).toMatchObject({ rule: null });
  expect((await check({ yaml: 'rules: []' })).problems[0]?.problem).toContain('there are 0 rules');
  expect((await check({ rule: { ...own, for: 'soon' } })).problems).toMatchObject([{ path: 'for' }]);
  expect(alerting.listRules().rules).toHaveLength(1);
});

it('previews a rule, and says what keeps it from it', async () => {
  const preview = await ask('POST', '/rules/preview', { rule: own, from: 'now-1h' });
  expect(endpoints.previewRule.response.parse(preview.body)).toMatchObject({
    ruleUid: 'slow-shop',
    episodes: [],
  });
  const refused = await refusal('POST', '/rules/preview', { rule: { ...own, for: 'soon' } });
  expect(refused.fields).toMatchObject([{ path: 'rule.for' }]);
  expect(await refusal('POST', '/rules/preview', { rule: own, from: 'now', to: 'now-1h' })).toMatchObject({
    status: 400,
  });
});

it('silences once and again and again, shows when and what, and ends it', async () => {
  const matchers = [{ label: 'service', value: 'shop' }];
  const startsAt = Date.now() - 1_000;
  const once = { matchers, startsAt, endsAt: startsAt + 3_600_000, reason: 'deploy', by: 'ada' };
  const preview = endpoints.previewSilence.response.parse(
    (await ask('POST', '/silences/preview', once)).body,
  );
  expect(preview).toMatchObject({ matches: 1, alerts: [{ ruleUid: 'errors' }] });
  const { silence, state: now } = endpoints.createSilence.response.parse(
    (await ask('POST', '/silences', once)).body,
  );
  expect([now, silence.by]).toEqual(['active', 'ada']);
  expect((await alertNow()).silencedBy).toEqual([silence.id]);
  const path = `/silences/${silence.id}`;
  const winter = Date.parse('2026-03-27T01:00:00Z');
  const nightly = {
    ...once,
    kind: 'maintenance',
    name: 'Backup',
    startsAt: winter,
    endsAt: winter + 3_600_000,
    recurrence: { rrule: 'FREQ=DAILY', tz: 'Europe/Berlin' },
  };
  const changed = endpoints.replaceSilence.response.parse((await ask('PUT', path, nightly)).body);
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Berlin', timeStyle: 'short' });
  expect(changed.windows.map((window) => clock.format(window.startsAt))).toEqual(Array(5).fill('02:00'));
  expect((await ask('DELETE', path)).status).toBe(200);
  expect(await refusal('DELETE', path)).toMatchObject({ status: 404 });
  const { silences } = endpoints.silences.response.parse((await ask('GET', '/silences?ended=true')).body);
  expect(silences.map((view) => view.state)).toEqual(['ended']);
  expect((await alertNow()).silencedBy).toEqual([]);
});

const silence = {
  matchers: [{ label: 'a', value: 'b' }],
  startsAt: 1,
  endsAt: 4_000_000_000_000,
  reason: '',
};
const unsilent: readonly (readonly [object, string])[] = [
  [{ matchers: [] }, 'matchers'],
  [{ matchers: [{ label: 'a', op: '=~', value: '(' }] }, 'matchers.0.value'],
  [{ startsAt: 9, endsAt: 8 }, 'endsAt'],
  [{ endsAt: 2 }, 'endsAt'],
  [{ kind: 'maintenance' }, 'name'],
  [
    { startsAt: 1, endsAt: 2, recurrence: { rrule: 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31', tz: 'UTC' } },
    'recurrence.rrule',
  ],
];
it.each(unsilent)('refuses a silence with %j at %s', async (change, path) => {
  const refused = await refusal('POST', '/silences', { ...silence, ...change });
  expect(refused).toMatchObject({ status: 400, code: 'invalid_body' });
  expect(refused.fields?.map((field) => field.path)).toContain(path);
});

it('lists channels and sends a test, not twice in a row', async () => {
  const { channels } = endpoints.channels.response.parse((await ask('GET', '/channels')).body);
  expect(channels).toMatchObject([{ name: 'log', kind: 'log', breaker: { state: 'closed' } }]);
  const tested = endpoints.testChannel.response.parse((await ask('POST', '/channels/log/test')).body);
  expect(tested.outcome).toBe('delivered');
  expect(await refusal('POST', '/channels/log/test')).toMatchObject({ status: 429 });
  expect(await refusal('POST', '/channels/none/test')).toMatchObject({ status: 404 });
});

it('lets nobody change anything without a login, from another site, or with a body without end', async () => {
  const writes = Object.values(endpoints).filter(
    ({ method, path }) => method !== 'GET' && path !== '/session',
  );
  expect(writes.length).toBeGreaterThan(10);
  for (const { method, path } of writes) {
    const url = `/api/v1${path.replace(/:\w+/, 'x')}`;
    const stranger = await guarded.inject({ method, url, headers: local });
    const foreign = await app.inject({ method, url, headers: { ...local, origin: 'https://evil.example' } });
    expect([method, url, stranger.statusCode, foreign.statusCode]).toEqual([method, url, 401, 403]);
  }
  const endless = { note: 'x'.repeat(70_000) };
  expect(await refusal('POST', '/alerts/x/ack', endless)).toMatchObject({
    status: 413,
    code: 'body_too_large',
  });
});

it('takes an acknowledgement from PagerDuty by its signature alone', async () => {
  const { id } = await alertNow();
  await ask('DELETE', `/alerts/${encodeURIComponent(id)}/ack`);
  const event = {
    id: '01EVENT',
    event_type: 'incident.acknowledged',
    agent: { summary: 'Lin' },
    data: { incident_key: id },
  };
  const payload = JSON.stringify({ event });
  const send = async (signature: string) =>
    await guarded.inject({
      method: 'POST',
      url: '/api/v1/webhooks/pagerduty',
      headers: { ...local, 'content-type': 'application/json', 'x-pagerduty-signature': signature },
      payload,
    });
  expect((await send(`v1=${'0'.repeat(64)}`)).statusCode).toBe(401);
  expect((await alertNow()).acknowledged).toBeNull();
  const signed = createHmac('sha256', secret).update(payload).digest('hex');
  expect((await send(`v1=${signed}`)).statusCode).toBe(202);
  expect((await alertNow()).acknowledged?.by).toBe('Lin');
});
