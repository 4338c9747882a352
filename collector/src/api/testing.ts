import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { endpoints, errorSchema } from '../contract/index.ts';
import { ApiFailure } from '../errors.ts';
import { openSqliteState } from '../state/sqlite/driver.ts';
import type { EndpointHandlers } from './endpoint-handlers.ts';
import { createLoginGate } from './login.ts';
import { createApi } from './server.ts';
import type { ApiOptions } from './server.ts';

// An API with scripted answers, for tests of what stands around them. `closeApis` goes into afterEach.

export const login = { user: 'ada', password: 'correct horse' };
export const local = { host: '127.0.0.1:3400' };
export const clock = { nowMs: Date.parse('2026-01-01') };

export type Given = Partial<Omit<ApiOptions, 'gate'>> & {
  readonly login?: typeof login;
  readonly answers?: Partial<EndpointHandlers>;
};

const closers: (() => Promise<void>)[] = [];

export async function closeApis(): Promise<void> {
  for (const close of closers.splice(0)) await close();
}

/** Endpoints without an answer say `no_such_record`. */
export async function openApi({ login: configured, answers, ...options }: Given = {}): Promise<{
  readonly app: FastifyInstance;
}> {
  const scratch = mkdtempSync(join(tmpdir(), 'nightjar-api-'));
  const state = openSqliteState(join(scratch, 'state.sqlite'));
  const now = () => clock.nowMs;
  const gate = await createLoginGate({
    login: configured,
    salt: Buffer.alloc(32, 7),
    sessions: state.sessions,
    now,
  });
  const { app } = await createApi({
    handlers: { ...unanswered, ...answers },
    gate,
    explain: () => undefined,
    pagerDutyInbox: async () => ({ kind: 'not_configured' }),
    metricsText: async () => 'up 1\n',
    now,
    log: pino({ level: 'silent' }),
    uiDir: join(scratch, 'no-ui'),
    version: '1.0.0',
    isLoopback: true,
    publicUrl: undefined,
    ...options,
  });
  closers.push(async () => {
    await app.close();
    await state.close();
    rmSync(scratch, { recursive: true, force: true });
  });
  return { app };
}

const unanswered = new Proxy({} as EndpointHandlers, {
  ownKeys: () => Object.keys(endpoints),
  getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
  get: () => async () => {
    throw new ApiFailure('no_such_record');
  },
});

export async function errorOf(app: FastifyInstance, url: string, headers: Record<string, string> = {}) {
  const reply = await app.inject({ url, headers: { ...local, ...headers } });
  return { status: reply.statusCode, ...errorSchema.parse(reply.json()).error };
}
