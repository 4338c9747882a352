import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { local } from '../api/testing.ts';
import { endpoints } from '../contract/index.ts';
import { openAlertApi, pagerDutySecret } from './alert-testing.ts';
import type { AlertApi } from './alert-testing.ts';

let api: AlertApi;
beforeAll(async () => {
  api = await openAlertApi();
  const firing = async () => await api.state.alerts.listAlerts({ states: ['firing'], rowsMax: 10 });
  await vi.waitUntil(async () => (await firing()).length === 1, { timeout: 8_000 });
});
afterAll(async () => {
  await api.close();
});

it('acknowledges, snoozes, and takes both back', async () => {
  const { id, acknowledged, snoozed } = await api.alertNow();
  expect([acknowledged, snoozed]).toEqual([null, null]);
  const path = `/alerts/${encodeURIComponent(id)}`;
  const acked = endpoints.acknowledge.response.parse(
    (await api.ask('POST', `${path}/ack`, { note: 'on it', by: 'ada' })).body,
  );
  expect(acked.acknowledged).toMatchObject({ by: 'ada', note: 'on it' });
  await api.ask('POST', `${path}/snooze`, { minutes: 15 });
  expect((await api.alertNow()).snoozed?.by).toBe('dashboard');
  await api.ask('DELETE', `${path}/snooze`);
  await api.ask('DELETE', `${path}/ack`);
  expect(await api.alertNow()).toMatchObject({ acknowledged: null, snoozed: null });
  expect(await api.refusal('POST', '/alerts/none/ack', {})).toMatchObject({
    status: 404,
    code: 'no_such_record',
  });
  expect(await api.refusal('POST', `${path}/snooze`, { minutes: 10_081 })).toMatchObject({
    status: 400,
    fields: [{ path: 'minutes', problem: 'out of range, write at most 10080' }],
  });
});

it('tells an episode: what happened, who was told, and what can be done', async () => {
  const { id, episodeId } = await api.alertNow();
  await api.ask('POST', `/alerts/${encodeURIComponent(id)}/ack`, { by: 'grace' });
  await expect
    .poll(async () => (await api.state.alerts.listDeliveries({ rowsMax: 10 }))[0]?.status, { timeout: 8_000 })
    .toBe('delivered');
  const { status, body } = await api.ask('GET', `/episodes/${encodeURIComponent(episodeId ?? '')}`);
  expect(status).toBe(200);
  const detail = endpoints.episode.response.parse(body);
  expect(detail).toMatchObject({ hasRule: true, runbook: 'https://wiki.example/errors' });
  expect(detail.deliveries).toMatchObject([{ channel: 'log', transition: 'trigger', status: 'delivered' }]);
  const kinds = detail.timeline.map(({ kind }) => kind);
  expect(kinds).toEqual(expect.arrayContaining(['release', 'firing', 'delivered', 'acknowledged']));
  expect(detail.timeline.find(({ kind }) => kind === 'firing')?.text).toBe(
    'fired at 50 % (> 5 %) in 100 samples',
  );
  expect(await api.refusal('GET', '/episodes/none')).toMatchObject({ status: 404 });
  const noise = endpoints.noise.response.parse((await api.ask('GET', '/alerts/noise')).body);
  expect(noise.rows).toMatchObject([{ ruleUid: 'errors', pages: 1, neverActedOn: 0 }]);
});

it('silences once and again and again, shows when and what, and ends it', async () => {
  const matchers = [{ label: 'service', value: 'shop' }];
  const startsAt = Date.now() - 1_000;
  const once = { matchers, startsAt, endsAt: startsAt + 3_600_000, reason: 'deploy', by: 'ada' };
  const preview = endpoints.previewSilence.response.parse(
    (await api.ask('POST', '/silences/preview', once)).body,
  );
  expect(preview).toMatchObject({ matches: 1, alerts: [{ ruleUid: 'errors' }] });
  const { silence, state: now } = endpoints.createSilence.response.parse(
    (await api.ask('POST', '/silences', once)).body,
  );
  expect([now, silence.by]).toEqual(['active', 'ada']);
  expect((await api.alertNow()).silencedBy).toEqual([silence.id]);
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
  const changed = endpoints.replaceSilence.response.parse((await api.ask('PUT', path, nightly)).body);
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Berlin', timeStyle: 'short' });
  expect(changed.windows.map((window) => clock.format(window.startsAt))).toEqual(Array(5).fill('02:00'));
  expect((await api.ask('DELETE', path)).status).toBe(200);
  expect(await api.refusal('DELETE', path)).toMatchObject({ status: 404 });
  const { silences } = endpoints.silences.response.parse((await api.ask('GET', '/silences?ended=true')).body);
  expect(silences.map((view) => view.state)).toEqual(['ended']);
  expect((await api.alertNow()).silencedBy).toEqual([]);
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
  const refused = await api.refusal('POST', '/silences', { ...silence, ...change });
  expect(refused).toMatchObject({ status: 400, code: 'invalid_body' });
  expect(refused.fields?.map((field) => field.path)).toContain(path);
});

it('lists channels and sends a test, not twice in a row', async () => {
  const { channels } = endpoints.channels.response.parse((await api.ask('GET', '/channels')).body);
  expect(channels).toMatchObject([{ name: 'log', kind: 'log', breaker: { state: 'closed' } }]);
  const tested = endpoints.testChannel.response.parse((await api.ask('POST', '/channels/log/test')).body);
  expect(tested.outcome).toBe('delivered');
  expect(await api.refusal('POST', '/channels/log/test')).toMatchObject({ status: 429 });
  expect(await api.refusal('POST', '/channels/none/test')).toMatchObject({ status: 404 });
});

it('lets nobody change anything without a login, from another site, or with a body without end', async () => {
  const writes = Object.values(endpoints).filter(
    ({ method, path }) => method !== 'GET' && path !== '/session',
  );
  expect(writes.length).toBeGreaterThan(10);
  for (const { method, path } of writes) {
    const url = `/api/v1${path.replace(/:\w+/, 'x')}`;
    const stranger = await api.guarded.inject({ method, url, headers: local });
    const foreign = await api.app.inject({
      method,
      url,
      headers: { ...local, origin: 'https://evil.example' },
    });
    expect([method, url, stranger.statusCode, foreign.statusCode]).toEqual([method, url, 401, 403]);
  }
  const endless = { note: 'x'.repeat(70_000) };
  expect(await api.refusal('POST', '/alerts/x/ack', endless)).toMatchObject({
    status: 413,
    code: 'body_too_large',
  });
});

it('takes an acknowledgement from PagerDuty by its signature alone', async () => {
  const { id } = await api.alertNow();
  await api.ask('DELETE', `/alerts/${encodeURIComponent(id)}/ack`);
  const event = {
    id: '01EVENT',
    event_type: 'incident.acknowledged',
    agent: { summary: 'Lin' },
    data: { incident_key: id },
  };
  const payload = JSON.stringify({ event });
  const send = async (signature: string) =>
    await api.guarded.inject({
      method: 'POST',
      url: '/api/v1/webhooks/pagerduty',
      headers: { ...local, 'content-type': 'application/json', 'x-pagerduty-signature': signature },
      payload,
    });
  expect((await send(`v1=${'0'.repeat(64)}`)).statusCode).toBe(401);
  expect((await api.alertNow()).acknowledged).toBeNull();
  const signed = createHmac('sha256', pagerDutySecret).update(payload).digest('hex');
  expect((await send(`v1=${signed}`)).statusCode).toBe(202);
  expect((await api.alertNow()).acknowledged?.by).toBe('Lin');
});
