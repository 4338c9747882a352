import { once } from 'node:events';
import http from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SpanKind, SpanStatusCode, context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator, getRPCMetadata } from '@opentelemetry/core';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { headSamplerOf } from '../sampling/head-sampler.ts';
import { AgentTracerProvider } from '../spans/agent-tracer-provider.ts';
import { HttpServers } from './http-servers.ts';

const spans: ReadableSpan[] = [];
let started = 0;
const tracers = new AgentTracerProvider({
  resource: resourceFromAttributes({}),
  sampler: headSamplerOf({ name: 'always_on', ratio: 1 }),
  processor: {
    onStart: () => void started++,
    onEnd: (span) => void spans.push(span),
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  },
});
const server = http.createServer();
const definitions: { readonly unpatch: () => void }[] = [];

beforeAll(async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  const servers = new HttpServers(undefined);
  servers.setTracerProvider(tracers);
  for (const { name, patch, unpatch } of servers.getModuleDefinitions()) {
    if (name !== 'http') continue;
    patch?.(http);
    definitions.push({ unpatch: () => unpatch?.(http) });
  }
  await once(server.listen(0, '127.0.0.1'), 'listening');
});

afterEach(() => {
  server.removeAllListeners('request');
  spans.length = 0;
});

afterAll(() => {
  for (const { unpatch } of definitions) unpatch();
  server.closeAllConnections();
  server.close();
  context.disable();
  propagation.disable();
});

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

interface Asked {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

async function ask(
  handler: Handler,
  { path = '/', method = 'GET', headers = {}, body }: Asked = {},
): Promise<ReadableSpan> {
  server.on('request', handler);
  const { port } = server.address() as AddressInfo;
  const request = http.request({ host: '127.0.0.1', port, path, method, headers, agent: false });
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  response.resume();
  return await lastSpan();
}

async function lastSpan(): Promise<ReadableSpan> {
  return await vi.waitFor(() => {
    const span = spans.find(({ kind }) => kind === SpanKind.SERVER);
    if (span === undefined) throw new Error('no span yet');
    return span;
  });
}

const OK: Handler = (_, response) => response.end('ok');

it('says what the semantic conventions ask for', async () => {
  const span = await ask(OK, {
    path: '/a/b?x=1&y',
    headers: { host: 'shop.test:8080', 'user-agent': 'me/1' },
  });
  expect(span.name).toBe('GET');
  expect(span.instrumentationScope.name).toBe('@nightjar/http');
  expect(span.status).toEqual({ code: SpanStatusCode.UNSET });
  expect(span.attributes).toEqual({
    'http.request.method': 'GET',
    'url.scheme': 'http',
    'url.path': '/a/b',
    'url.query': 'x=1&y',
    'server.address': 'shop.test',
    'server.port': 8080,
    'client.address': '127.0.0.1',
    'network.peer.address': '127.0.0.1',
    'network.peer.port': expect.any(Number),
    'network.protocol.version': '1.1',
    'user_agent.original': 'me/1',
    'http.response.status_code': 200,
  });
});

it.each<[string, Asked, Record<string, unknown>]>([
  [
    'a proxy that names client and host',
    { headers: { forwarded: 'for="[2001:db8::1]:47";host=a.test;proto=https, for=x' } },
    { 'client.address': '2001:db8::1', 'server.address': 'a.test', 'server.port': 443 },
  ],
  [
    'an older proxy',
    {
      headers: {
        'x-forwarded-for': '203.0.113.9:8, 10.0.0.1',
        'x-forwarded-host': 'b.test',
        'x-forwarded-proto': 'http',
      },
    },
    { 'client.address': '203.0.113.9', 'server.address': 'b.test', 'server.port': 80 },
  ],
  [
    'a chain of proxies',
    { headers: { 'x-forwarded-host': 'c.test, d.test:8', 'x-forwarded-proto': 'https, http' } },
    { 'server.address': 'c.test', 'server.port': 443 },
  ],
  ['a host of IPv6', { headers: { host: '[::1]:3000' } }, { 'server.address': '[::1]', 'server.port': 3000 }],
  ['a path with dots', { path: '/a/../b/./c?q' }, { 'url.path': '/b/c', 'url.query': 'q' }],
  ['a whole URL', { path: 'http://other.test/p?q=1' }, { 'url.path': '/p', 'url.query': 'q=1' }],
  ['an empty query', { path: '/p?' }, { 'url.path': '/p', 'url.query': undefined }],
  [
    'a method of its own',
    { method: 'PURGE' },
    { 'http.request.method': '_OTHER', 'http.request.method_original': 'PURGE' },
  ],
])('reads %s', async (_, asked, expected) => {
  const { attributes } = await ask(OK, asked);
  expect(Object.fromEntries(Object.keys(expected).map((key) => [key, attributes[key]]))).toEqual(expected);
});

it('takes its name from the route that a framework writes', async () => {
  const span = await ask((_, response) => {
    const rpc = getRPCMetadata(context.active());
    if (rpc !== undefined) rpc.route = '/orders/:id';
    response.end();
  });
  expect(span.name).toBe('GET /orders/:id');
  expect(span.attributes['http.route']).toBe('/orders/:id');
});

it('is the parent of spans the app makes, also where the body arrives and where the response ends', async () => {
  const tracer = tracers.getTracer('app');
  const entry = await ask(
    (request, response) => {
      tracer.startSpan('at once').end();
      request.on('data', () => tracer.startSpan('data').end());
      request.on('end', () => {
        tracer.startSpan('end').end();
        setTimeout(() => {
          response.on('finish', () => tracer.startSpan('finish').end());
          response.end();
        }, 1);
      });
    },
    { method: 'POST', body: 'body' },
  );
  const others = spans.filter((span) => span !== entry);
  expect(others.map(({ name }) => name)).toEqual(['at once', 'data', 'end', 'finish']);
  for (const span of others) expect(span.parentSpanContext).toEqual(entry.spanContext());
  expect(trace.getActiveSpan()).toBe(undefined);
});

it('makes one span of a request that one server hands to another', async () => {
  const inner = http.createServer(OK);
  const before = started;
  await ask((request, response) => inner.emit('request', request, response));
  expect([started - before, spans.length]).toEqual([1, 1]);
});

it('keeps route and status of an answer that breaks after its head', async () => {
  const span = await ask((_, response) => {
    const rpc = getRPCMetadata(context.active());
    if (rpc !== undefined) rpc.route = '/late';
    response.on('error', () => undefined);
    response.end('a');
    response.write('b');
  });
  expect(span.name).toBe('GET /late');
  expect(span.status.code).toBe(SpanStatusCode.ERROR);
  expect(span.attributes).toMatchObject({ 'http.route': '/late', 'http.response.status_code': 200 });
});

it('continues the trace of its caller', async () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  const span = await ask(OK, { headers: { traceparent } });
  expect(span.spanContext().traceId).toBe('0af7651916cd43dd8448eb211c80319c');
  expect(span.parentSpanContext).toMatchObject({ spanId: 'b7ad6b7169203331', isRemote: true });
});

it('marks a status of 500 and above as an error', async () => {
  const span = await ask((_, response) => response.writeHead(503).end());
  expect(span.status.code).toBe(SpanStatusCode.ERROR);
  expect(span.attributes).toMatchObject({ 'http.response.status_code': 503, 'error.type': '503' });
});

it('ends when the client goes away', async () => {
  server.on('request', (request, response) => {
    response.write('some');
    request.socket.destroy();
  });
  const { port } = server.address() as AddressInfo;
  const request = http.get({ host: '127.0.0.1', port, agent: false });
  request
    .on('error', () => undefined)
    .on('response', (response) => response.on('error', () => undefined).resume());
  const span = await lastSpan();
  expect(span.attributes['http.response.status_code']).toBe(200);
});

it('tells what a handler throws, and lets it be thrown', () => {
  const request = new http.IncomingMessage(new (class extends http.Agent {})() as never);
  Object.assign(request, { method: 'GET', url: '/', socket: {}, headers: {} });
  const response = new http.ServerResponse(request);
  server.on('request', () => {
    throw new TypeError('broken');
  });
  expect(() => server.emit('request', request, response)).toThrow('broken');
  expect(spans.map(({ status }) => status)).toEqual([{ code: SpanStatusCode.ERROR, message: 'broken' }]);
  expect(spans[0]?.attributes['error.type']).toBe('TypeError');
  response.emit('close');
  expect(spans).toHaveLength(1);
});
