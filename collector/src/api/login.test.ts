import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterEach, expect, it } from 'vitest';
import { endpoints, errorSchema } from '../contract/index.ts';
import { ApiFailure } from '../errors.ts';
import { openSqliteState } from '../state/sqlite/driver.ts';
import type { EndpointHandlers } from './endpoint-handlers.ts';
import { loginsPerMinuteMax } from './login-attempts.ts';
import { createLoginGate, sessionLifetimeMs } from './login.ts';
import { clock, closeApis, errorOf, local, login, openApi } from './testing.ts';

afterEach(closeApis);

async function logIn(app: FastifyInstance, payload: object = login) {
  return await app.inject({ method: 'POST', url: '/api/v1/session', headers: local, payload });
}

it('opens with the right pair, stays open with the cookie, ends with logout and with time', async () => {
  const { app } = await openApi({ login, publicUrl: 'https://nightjar.example.com' });
  expect((await app.inject({ url: '/api/v1/session', headers: local })).json()).toEqual({
    isLoginRequired: true,
    isLoggedIn: false,
  });
  const opened = await logIn(app);
  expect(opened.json()).toEqual({ isLoginRequired: true, isLoggedIn: true });
  const set = String(opened.headers['set-cookie']);
  for (const part of ['HttpOnly', 'SameSite=Strict', 'Secure', 'Path=/']) expect(set).toContain(part);
  const headers = { ...local, cookie: set.split(';')[0] ?? '' };
  const services = async () => (await app.inject({ url: '/api/v1/services', headers })).statusCode;
  expect(await services()).toBe(404);
  clock.nowMs += sessionLifetimeMs;
  expect(await services()).toBe(401);
  clock.nowMs -= sessionLifetimeMs;
  await app.inject({ method: 'DELETE', url: '/api/v1/session', headers });
  expect(await services()).toBe(401);
});

it.each([
  [{ user: 'ada', password: 'wrong' }, 401, 'login_wrong'],
  [{ user: 'eve', password: login.password }, 401, 'login_wrong'],
  [{ user: 'ada' }, 400, 'invalid_body'],
  [{ user: 'ada', password: 'x'.repeat(1001) }, 400, 'invalid_body'],
])('answers the login %j with %d', async (pair, status, code) => {
  const reply = await logIn((await openApi({ login })).app, pair);
  expect(reply.statusCode).toBe(status);
  expect(reply.json()).toMatchObject({ error: { code } });
  expect(reply.headers['set-cookie']).toBeUndefined();
});

it('ends sessions when the password changes', async () => {
  const scratch = mkdtempSync(join(tmpdir(), 'nightjar-login-'));
  const state = openSqliteState(join(scratch, 'state.sqlite'));
  const gate = async (password: string) =>
    await createLoginGate({
      login: { user: 'ada', password },
      salt: Buffer.alloc(32),
      sessions: state.sessions,
      now: () => 0,
    });
  const token = await (await gate('first password')).open('ada', 'first password');
  expect(await (await gate('first password')).isOpen(token)).toBe(true);
  expect(await (await gate('second password')).isOpen(token)).toBe(false);
  await state.close();
  rmSync(scratch, { recursive: true, force: true });
});

it('lets an address try to log in only so often', async () => {
  const { app } = await openApi({ login });
  for (let attempt = 0; attempt < loginsPerMinuteMax; attempt += 1) {
    expect((await logIn(app, { user: 'x' })).statusCode).toBe(400);
  }
  const reply = await logIn(app);
  expect(reply.statusCode).toBe(429);
  expect(reply.json()).toMatchObject({ error: { code: 'rate_limited' } });
  expect(reply.headers['retry-after']).toBeDefined();
});

it('asks for a login on every route of the contract but health and session, however it is spelled', async () => {
  const { app } = await openApi({ login });
  for (const endpoint of Object.values(endpoints)) {
    if (endpoint.path === '/session' || endpoint.path === '/health') continue;
    const url = `/api/v1${endpoint.path.replace(':traceId', 'a'.repeat(32)).replace(':findingId', 'b'.repeat(16))}`;
    const { method } = endpoint;
    const reply = await app.inject({ method, url, headers: local });
    const { code } = errorSchema.parse(reply.json()).error;
    expect([method, url, code]).toEqual([method, url, 'login_required']);
  }
  for (const url of [
    '/%61pi/v1/services',
    '/api/v1/%73ervices',
    '/api/v1/services?x=/api/v1/health',
    '/metrics',
  ]) {
    expect([url, (await errorOf(app, url)).code]).toEqual([url, 'login_required']);
  }
  expect((await errorOf(app, '/api/v1/openapi.json')).code).toBe('login_required');
  expect((await errorOf(app, '/api/v1/services', { cookie: 'nightjar_session=forged' })).status).toBe(401);
});

it('tells health whether the caller is trusted', async () => {
  const seen: boolean[] = [];
  const answers: Partial<EndpointHandlers> = {
    health: async (_, { isTrusted }) => {
      seen.push(isTrusted);
      throw new ApiFailure('no_such_record');
    },
  };
  await errorOf((await openApi({ login, answers })).app, '/api/v1/health');
  await errorOf((await openApi({ answers })).app, '/api/v1/health');
  expect(seen).toEqual([false, true]);
});

it('gives metrics to a scraper that knows the login', async () => {
  const { app } = await openApi({ login });
  const scrape = async (pair: string) =>
    await app.inject({
      url: '/metrics',
      headers: { ...local, authorization: `Basic ${Buffer.from(pair).toString('base64')}` },
    });
  expect((await scrape('ada:correct horse')).body).toBe('up 1\n');
  const refused = await scrape('ada:wrong horse');
  expect(refused.statusCode).toBe(401);
  expect(refused.json()).toMatchObject({ error: { code: 'login_required' } });
  expect(refused.json<{ error: { remedy: string } }>().error.remedy).toContain('HTTP Basic');
});

it('counts wrong pairs of scrapers and of the login page together, and right scrapes not at all', async () => {
  const { app } = await openApi({ login });
  const scrape = async (pair: string) =>
    await app.inject({
      url: '/metrics',
      headers: { ...local, authorization: `Basic ${Buffer.from(pair).toString('base64')}` },
    });
  for (let time = 0; time <= loginsPerMinuteMax; time += 1) {
    expect((await scrape('ada:correct horse')).statusCode).toBe(200);
  }
  for (let attempt = 1; attempt < loginsPerMinuteMax; attempt += 1) {
    expect((await scrape('ada:wrong horse')).statusCode).toBe(401);
  }
  expect((await logIn(app)).statusCode).toBe(200);
  for (const reply of [
    await logIn(app),
    await scrape('ada:wrong horse'),
    await scrape('ada:correct horse'),
  ]) {
    expect(reply.statusCode).toBe(429);
    expect(reply.json()).toMatchObject({ error: { code: 'rate_limited' } });
    expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0);
  }
});
