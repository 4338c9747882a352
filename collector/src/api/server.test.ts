import { afterEach, expect, it } from 'vitest';
import { z } from 'zod';
import { endpoints } from '../contract/index.ts';
import { ApiFailure } from '../errors.ts';
import { queriesInFlightMax } from './data-routes.ts';
import { closeApis, errorOf, local, openApi } from './testing.ts';
import type { Given } from './testing.ts';

afterEach(closeApis);

it.each([
  [
    '/api/v1/services?from=yesterday',
    'query parameter from: expected epoch milliseconds or a form like now-1h.',
  ],
  ['/api/v1/traces?limit=0', 'query parameter limit: '],
  ['/api/v1/traces?limit=x&sort=odd', 'query parameter sort: '],
  ['/api/v1/traces/nothex', 'path parameter traceId: expected 32 hex digits.'],
  ['/api/v1/services?from=99999999999999&to=999999999999999', 'query parameter from: expected an instant'],
  ['/api/v1/services?to=7258118400001', 'query parameter to: expected an instant'],
  ['/api/v1/services/%E0%A4%A', 'The address cannot be decoded.'],
  ['/api/v1/services?from=now&to=now-1h', 'query parameter from: now is not before to (now-1h).'],
  ['/api/v1/services?from=now-1h&to=now-1h', 'query parameter from: now-1h is not before'],
])('names what is wrong with %s', async (url, message) => {
  const error = await errorOf((await openApi()).app, url);
  expect(error).toMatchObject({ status: 400, code: 'invalid_parameter' });
  expect(error.message).toContain(message);
  expect(error.remedy).toContain('openapi.json');
});

it('hands parsed parameters to the handler and answers by the contract alone', async () => {
  let seen: unknown;
  const { app } = await openApi({
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
  expect(await errorOf((await openApi(failing(new ApiFailure('no_such_record')))).app, url)).toMatchObject({
    status: 404,
  });
  expect(await errorOf((await openApi(failing(new RangeError('slow')))).app, url)).toMatchObject({
    status: 504,
    code: 'query_timeout',
  });
  const fault = await errorOf((await openApi(failing(new Error('secret detail')))).app, url);
  expect(fault).toMatchObject({ status: 500, code: 'internal' });
  expect(JSON.stringify(fault)).not.toContain('secret detail');
});

it('refuses what would wait behind too many queries, and recovers', async () => {
  const waiting: (() => void)[] = [];
  const { app } = await openApi({
    answers: {
      rules: async () => {
        await new Promise<void>((resolve) => waiting.push(resolve));
        return { rules: [], facts: [], problems: [] };
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

it('describes every endpoint of the contract in OpenAPI, with every parameter', async () => {
  const { app } = await openApi();
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
