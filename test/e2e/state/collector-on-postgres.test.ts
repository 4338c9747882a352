// The built collector with its state in Postgres: what is set in the dashboard outlives it, and it outlives the database.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { launchCollector, startCollector } from '../../support/collector.ts';
import { until } from '../../support/poll.ts';
import { neededPostgres } from '../../support/postgres.ts';
import { provide } from '../../support/services.ts';
import { ask } from './fresh-state.ts';

const postgres = await provide(neededPostgres);
afterAll(async () => await postgres?.close());

const silence = {
  kind: 'silence',
  matchers: [{ label: 'service', op: '=', value: 'shop' }],
  startsAt: Date.now(),
  endsAt: Date.now() + 3_600_000,
  reason: 'release',
};

describe.skipIf(postgres === undefined)('a collector on Postgres', () => {
  it('keeps silences over a restart on an empty data directory, and makes no file for state', async () => {
    const env = { NIGHTJAR_STATE_URL: await postgres?.createDatabase() };
    const first = await startCollector({ env });
    const saved = await fetch(`${first.dashboard}/api/v1/silences`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(silence),
    });
    expect(saved.ok).toBe(true);
    expect(existsSync(join(first.dataDir, 'state.sqlite'))).toBe(false);
    await first.stop();
    const second = await startCollector({ env });
    expect(JSON.stringify(await second.get('silences'))).toContain('"release"');
    await second.stop();
  });

  it('says that the database is away, goes on without it, and with it when it is back', async () => {
    const url = (await postgres?.createDatabase()) ?? '';
    const collector = await startCollector({ env: { NIGHTJAR_STATE_URL: url } });
    const alerts = async () => await fetch(`${collector.dashboard}/api/v1/alerts`);
    expect((await alerts()).status).toBe(200);
    await allowConnections(url, false);
    const refused = await alerts();
    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({ error: { code: 'state_unavailable' } });
    const metrics = await fetch(`${collector.dashboard}/metrics`);
    expect(metrics.status).toBe(200);
    expect(await metrics.text()).toContain('nightjar_alert_eval_lag_seconds');
    await allowConnections(url, true);
    await until(alerts, ({ status }) => status === 200, { what: 'the alerts to be back' });
    expect((await collector.stop()).code).toBe(0);
  });

  it('a server that refuses the login stops the start with the setting to look at, and no password', async () => {
    const url = new URL((await postgres?.createDatabase()) ?? '');
    url.pathname = '/no_such_database';
    url.password = 'hunter2hunter2';
    const running = launchCollector({
      NIGHTJAR_PORT: '0',
      NIGHTJAR_OTLP_HTTP_PORT: '0',
      NIGHTJAR_OTLP_GRPC_PORT: '0',
      NIGHTJAR_STATE_URL: url.href,
    });
    expect((await running.exited).code).toBe(69);
    expect(running.output()).toContain('NIGHTJAR_STATE_URL');
    expect(running.output()).not.toContain('hunter2');
  });
});

async function allowConnections(url: string, isAllowed: boolean): Promise<void> {
  const admin = new URL(url);
  const name = admin.pathname.slice(1);
  admin.pathname = '/postgres';
  await ask(admin.href, `ALTER DATABASE ${name} ALLOW_CONNECTIONS ${isAllowed}`);
  if (!isAllowed)
    await ask(admin.href, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`);
}
