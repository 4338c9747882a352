import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPagerDutyInbox } from '@nightjar/alerts';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { createAlertHandlers } from '../api/alerting/index.ts';
import { closeApis, local, login, openApi } from '../api/testing.ts';
import { endpoints, errorSchema } from '../contract/index.ts';
import type { ApiError, StandingAlert } from '../contract/index.ts';
import type { StateDriver } from '../state/driver.ts';
import { openSqliteState } from '../state/sqlite/driver.ts';
import { composeAlerting } from './alerting.ts';
import type { Alerting } from './alerting.ts';

// The routes on alerting over the real engine, stores and delivery, for tests; only the readings are made up. Half of
// the requests of `shop` fail, and the one rule, of a file, is about that.

export const pagerDutySecret = 'a secret of sixteen or more';

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

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

export interface AlertApi {
  readonly app: FastifyInstance;
  /** The same behind a login. */
  readonly guarded: FastifyInstance;
  readonly state: StateDriver;
  readonly alerting: Alerting;
  ask(method: Method, path: string, payload?: object): Promise<{ status: number; body: unknown }>;
  /** Status and error of a request that is refused. */
  refusal(method: Method, path: string, payload?: object): Promise<Refusal>;
  /** The alert that fires. */
  alertNow(): Promise<StandingAlert>;
  close(): Promise<void>;
}
type Refusal = { readonly status: number } & ApiError['error'];

export async function openAlertApi(): Promise<AlertApi> {
  const dir = mkdtempSync(join(tmpdir(), 'nightjar-alert-api-'));
  writeFileSync(join(dir, 'errors.yaml'), fileRule);
  const state = openSqliteState(join(dir, 'state.sqlite'));
  const alerting = await openAlerting(state, dir);
  alerting.start();
  const answers = createAlertHandlers({
    desk: Promise.resolve(alerting),
    now: Date.now,
    releases: async () => [{ release: '1.4.2', firstSeenMs: Date.now() - 60_000 }],
  });
  const { store, actions } = alerting;
  const pagerDutyInbox = createPagerDutyInbox({ store, actions, secrets: [pagerDutySecret] });
  const { app } = await openApi({ answers, pagerDutyInbox });
  const { app: guarded } = await openApi({ answers, pagerDutyInbox, login });

  async function ask(method: Method, path: string, payload?: object) {
    const headers = { ...local, ...(payload === undefined ? {} : { 'content-type': 'application/json' }) };
    const body = payload === undefined ? {} : { payload };
    const reply = await app.inject({ method, url: `/api/v1${path}`, headers, ...body });
    return { status: reply.statusCode, body: reply.json<unknown>() };
  }

  return {
    app,
    guarded,
    state,
    alerting,
    ask,
    async refusal(method, path, payload) {
      const { status, body } = await ask(method, path, payload);
      return { status, ...errorSchema.parse(body).error };
    },
    async alertNow() {
      const { alerts } = endpoints.alerts.response.parse((await ask('GET', '/alerts')).body);
      const found = alerts.find(({ state: now }) => now === 'firing');
      if (found === undefined) throw new Error('nothing fires');
      return found;
    },
    async close() {
      await closeApis();
      await alerting.stop();
      await state.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function openAlerting(state: StateDriver, rulesDir: string): Promise<Alerting> {
  return await composeAlerting({
    config: { rulesDir, webhook: undefined, host: '127.0.0.1', channelAllow: '' },
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
}
