import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import pino from 'pino';
import { afterAll, afterEach, expect, it } from 'vitest';
import { z } from 'zod';
import { endpoints, errorSchema } from '../contract/index.ts';
import { ApiFailure } from '../errors.ts';
import { openSqliteState } from '../state/sqlite/driver.ts';
import { queriesInFlightMax } from './data-routes.ts';
import type { EndpointHandlers } from './endpoint-handlers.ts';
import { createLoginGate, sessionLifetimeMs } from './login.ts';
import { createApi } from './server.ts';
import type { ApiOptions } from './server.ts';
import { loginsPerMinuteMax } from './session-routes.ts';

const scratch = mkdtempSync(join(tmpdir(), 'nightjar-api-'));
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const login = { user: 'ada', password: 'correct horse' };
const local = { host: '127.0.0.1:3400' };
let clockMs = Date.parse('2026-01-01');
let files = 0;

type Given = Partial<Omit<ApiOptions, 'gate'>> & {
  readonly login?: typeof login;
  readonly answers?: Partial<EndpointHandlers>;
};

async function open(given: Given = {}): Promise<FastifyInstance> {
  return (await openServer(given)).app;
}

async function openServer({ login: configured, answers, ...options }: Given) {
  const state = openSqliteState(join(scratch, `${(files += 1)}.sqlite`));
  const gate = await createLoginGate({
    login: configured,
    salt: Buffer.alloc(32, 7),
    sessions: state.sessions,
    now: () => clockMs,
  });
  const { app } = await createApi({
    handlers: { ...unanswered, ...answers },
    gate,
    explain: () => undefined,
    metricsText: async () => 'up 1\n',
    now: () => clockMs,
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

async function errorOf(app: FastifyInstance, url: string, headers: Record<string, string> = {}) {
  const reply = await app.inject({ url, headers: { ...local, ...headers } });
  return { status: reply.statusCode, ...errorSchema.parse(reply.json()).error };
}

it.each([
  [
    '/api/v1/services?from=yesterday',
    'query parameter from: expected epoch milliseconds or a form like now-1h.',
  ],
  ['/api/v1/traces?limit=0', 'query parameter limit: '],
  ['/api/v1/traces?limit=x&sort=odd', 'query parameter sort: '],
  ['/api/v1/traces/nothex', 'path parameter traceId: expected 32 hex digits.'],
  ['/api/v1/services?from=now&to=now-1h', 'query parameter from: now is not before to (now-1h).'],
  ['/api/v1/services?from=now-1h&to=now-1h', 'query parameter from: now-1h is not before'],
])('names what is wrong with %s', async (url, message) => {
  const error = await errorOf(await open(), url);
  expect(error).toMatchObject({ status: 400, code: 'invalid_parameter' });
  expect(error.message).toContain(message);
  expect(error.remedy).toContain('openapi.json');
});

it('hands parsed parameters to the handler and answers by the contract alone', async () => {
  let seen: unknown;
  const app = await open({
    answers: {
      traces: async (input) => {
        seen = input;
        return { traces: [], isPartial: false, secret: 'left out' };
      },
    },
  });
  const reply = await app.inject({ url: '/api/v1/traces?minDurationMs=5&hasFinding=true', headers: local });
  expect(reply.json()).toEqual({ traces: [], isPartial: false });
  expect(seen).toMatchObject({
    query: { from: 'now-1h', to: 'now', minDurationMs: 5, hasFinding: true, limit: 50 },
  });
});

it('tells an expected failure, one the storage explains and a fault apart', async () => {
  const failing = (error: Error): Given => ({
    answers: {
      services: async () => {
        throw error;
      },
    },
    explain: (cause) => (cause instanceof RangeError ? new ApiFailure('query_timeout') : undefined),
  });
  const url = '/api/v1/services';
  expect(await errorOf(await open(failing(new ApiFailure('no_such_record'))), url)).toMatchObject({
    status: 404,
  });
  expect(await errorOf(await open(failing(new RangeError('slow'))), url)).toMatchObject({
    status: 504,
    code: 'query_timeout',
  });
  const fault = await errorOf(await open(failing(new Error('secret detail'))), url);
  expect(fault).toMatchObject({ status: 500, code: 'internal' });
  expect(JSON.stringify(fault)).not.toContain('secret detail');
});

it('refuses what would wait behind too many queries, and recovers', async () => {
  const waiting: (() => void)[] = [];
  const app = await open({
    answers: {
      rules: async () => {
        await new Promise<void>((resolve) => waiting.push(resolve));
        return { rules: [], problems: [] };
      },
    },
  });
  const ask = async () => await app.inject({ url: '/api/v1/rules', headers: local });
  const held = Array.from({ length: queriesInFlightMax }, ask);
  await expect.poll(() => waiting.length).toBe(queriesInFlightMax);
  const refused = await ask();
  expect(refused.statusCode).toBe(503);
  expect(refused.headers['retry-after']).toBe('1');
  waiting.forEach((release) => release());
  expect((await Promise.all(held)).every((reply) => reply.statusCode === 200)).toBe(true);
});

it.each([
  ['127.0.0.1:3400', 404],
  ['localhost', 404],
  ['[::1]:3400', 404],
  ['nightjar.example.com', 404],
  ['evil.example.com', 403],
  ['127.0.0.1.evil.example.com', 403],
  ['localhost@evil.example.com', 403],
])('on loopback answers Host %j with %d', async (host, status) => {
  const app = await open({ publicUrl: 'https://nightjar.example.com' });
  const reply = await app.inject({ url: '/api/v1/services', headers: { host } });
  expect(reply.statusCode).toBe(status);
});

it('does not look at Host beyond loopback', async () => {
  const app = await open({ isLoopback: false });
  expect((await app.inject({ url: '/api/v1/rules', headers: { host: 'any.example.com' } })).statusCode).toBe(
    404,
  );
});

it.each([
  [{}, 200],
  [{ origin: 'http://127.0.0.1:3400' }, 200],
  [{ origin: 'http://127.0.0.1:9999' }, 403],
  [{ origin: 'http://evil.example.com' }, 403],
  [{ origin: 'null' }, 403],
  [{ 'sec-fetch-site': 'cross-site' }, 403],
  [{ 'sec-fetch-site': 'same-origin', origin: 'http://127.0.0.1:3400' }, 200],
])('answers a change from %j with %d', async (headers, status) => {
  const app = await open();
  const reply = await app.inject({
    method: 'DELETE',
    url: '/api/v1/session',
    headers: { ...local, ...headers },
  });
  expect(reply.statusCode).toBe(status);
});

async function logIn(app: FastifyInstance, payload: object = login) {
  return await app.inject({ method: 'POST', url: '/api/v1/session', headers: local, payload });
}

it('opens with the right pair, stays open with the cookie, ends with logout and with time', async () => {
  const app = await open({ login, publicUrl: 'https://nightjar.example.com' });
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
  clockMs += sessionLifetimeMs;
  expect(await services()).toBe(401);
  clockMs -= sessionLifetimeMs;
  await app.inject({ method: 'DELETE', url: '/api/v1/session', headers });
  expect(await services()).toBe(401);
});

it.each([
  [{ user: 'ada', password: 'wrong' }, 401, 'login_wrong'],
  [{ user: 'eve', password: login.password }, 401, 'login_wrong'],
  [{ user: 'ada' }, 400, 'invalid_body'],
  [{ user: 'ada', password: 'x'.repeat(1001) }, 400, 'invalid_body'],
])('answers the login %j with %d', async (pair, status, code) => {
  const reply = await logIn(await open({ login }), pair);
  expect(reply.statusCode).toBe(status);
  expect(reply.json()).toMatchObject({ error: { code } });
  expect(reply.headers['set-cookie']).toBeUndefined();
});

it('ends sessions when the password changes', async () => {
  const state = openSqliteState(join(scratch, 'rotated.sqlite'));
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
});

it('lets an address try to log in only so often', async () => {
  const app = await open({ login });
  for (let attempt = 0; attempt < loginsPerMinuteMax; attempt += 1) {
    expect((await logIn(app, { user: 'x' })).statusCode).toBe(400);
  }
  const reply = await logIn(app);
  expect(reply.statusCode).toBe(429);
  expect(reply.json()).toMatchObject({ error: { code: 'rate_limited' } });
  expect(reply.headers['retry-after']).toBeDefined();
});

it('asks for a login on every route of the contract but health and session, however it is spelled', async () => {
  const app = await open({ login });
  for (const endpoint of Object.values(endpoints)) {
    if (endpoint.path === '/session' || endpoint.path === '/health') continue;
    const url = `/api/v1${endpoint.path.replace(':traceId', 'a'.repeat(32)).replace(':findingId', 'b'.repeat(16))}`;
    expect([url, (await errorOf(app, url)).code]).toEqual([url, 'login_required']);
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
  await errorOf(await open({ login, answers }), '/api/v1/health');
  await errorOf(await open({ answers }), '/api/v1/health');
  expect(seen).toEqual([false, true]);
});

it('gives metrics to a scraper that knows the login', async () => {
  const app = await open({ login });
  const scrape = async (pair: string) =>
    await app.inject({
      url: '/metrics',
      headers: { ...local, authorization: `Basic ${Buffer.from(pair).toString('base64')}` },
    });
  expect((await scrape('ada:correct horse')).body).toBe('up 1\n');
  expect((await scrape('ada:wrong horse')).statusCode).toBe(401);
});

it('describes every endpoint of the contract in OpenAPI, with every parameter', async () => {
  const app = await open();
  const reply = await app.inject({ url: '/api/v1/openapi.json', headers: local });
  const operation = z.object({
    operationId: z.string(),
    parameters: z.array(z.object({ name: z.string(), in: z.string() })).default([]),
    responses: z.record(z.string(), z.object({ content: z.object({ 'application/json': z.unknown() }) })),
  });
  const document = z
    .object({
      openapi: z.literal('3.1.0'),
      paths: z.record(z.string(), z.record(z.string(), operation)),
    })
    .parse(reply.json());
  const described = new Map(
    Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, found]) => [found.operationId, { path, method, ...found }]),
    ),
  );
  expect([...described.keys()].sort()).toEqual(Object.keys(endpoints).sort());
  for (const [name, endpoint] of Object.entries(endpoints)) {
    const found = described.get(name);
    expect(found?.path).toBe(`/api/v1${endpoint.path.replace(/:(\w+)/g, '{$1}')}`);
    expect(found?.method).toBe(endpoint.method.toLowerCase());
    const names = [...Object.keys(endpoint.params.shape), ...Object.keys(endpoint.query.shape)].sort();
    expect(found?.parameters.map((parameter) => parameter.name).sort()).toEqual(names);
    expect(Object.keys(found?.responses ?? {}).sort()).toEqual(['200', 'default']);
  }
});

const html = { ...local, accept: 'text/html' };

it('says how to build a dashboard that is not built', async () => {
  const reply = await (await open()).inject({ url: '/traces', headers: html });
  expect(reply.statusCode).toBe(503);
  expect(reply.body).toContain('npm run build');
});

it('serves the dashboard: files, its own addresses, and no page for what is the API’s', async () => {
  const uiDir = join(scratch, 'ui');
  mkdirSync(join(uiDir, 'assets'), { recursive: true });
  writeFileSync(join(uiDir, 'index.html'), '<!doctype html><script>theme()</script><div id=root>');
  writeFileSync(join(uiDir, 'assets', 'app-1a2b.js'), 'run()');
  const app = await open({ uiDir });
  const get = async (url: string, headers = html) => await app.inject({ url, headers });
  expect((await get('/')).body).toContain('id=root');
  const deep = await get('/services/shop?from=now-1h');
  expect(deep).toMatchObject({ statusCode: 200, headers: { 'cache-control': 'no-cache' } });
  expect(deep.body).toContain('id=root');
  const asset = await get('/assets/app-1a2b.js');
  expect(asset.body).toBe('run()');
  expect(asset.headers['cache-control']).toContain('immutable');
  expect((await get('/assets/gone.js')).statusCode).toBe(404);
  expect((await get('/api/v1/nothing')).json()).toMatchObject({ error: { code: 'not_found' } });
  expect((await get('/%2e%2e/%2e%2e/etc/passwd')).body).not.toContain('root:');
  const policy = String(deep.headers['content-security-policy']);
  expect(policy).toContain("default-src 'self'");
  expect(policy).toMatch(/script-src 'self' 'sha256-[\w+/=]{44}'/);
  expect(policy).not.toMatch(/script-src[^;]*unsafe/);
});
