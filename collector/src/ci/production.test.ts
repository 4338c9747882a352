import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { afterEach, expect, it } from 'vitest';
import { budget, ci, loop, looping, orders, report } from './testing.ts';

let servers: Server[] = [];

afterEach(async () => {
  for (const server of servers) server.closeAllConnections();
  await Promise.all(
    servers.map(async (server) => await new Promise((resolve) => void server.close(resolve))),
  );
  servers = [];
});

async function collector(
  answer: (url: string, cookie: string | undefined) => [number, unknown],
): Promise<string> {
  const server = createServer((request, response) => {
    const [status, body] = answer(request.url ?? '', request.headers.cookie);
    response.writeHead(status, { 'set-cookie': 'nightjar_session=s3; Path=/' }).end(JSON.stringify(body));
  });
  servers.push(server);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

const operation = {
  operation: 'GET /orders',
  kind: 2,
  requests: 1_000,
  requestsPerSecond: 1,
  errors: 0,
  errorRate: 0,
  p50Ms: 1,
  p95Ms: 1,
  p99Ms: 1,
  totalMs: 1,
  queriesPerRequest: 4.04,
  databaseShare: 0.5,
  findings: 0,
  lastSeenMs: 1,
};

it.each([
  ['far above production', 61, 1, '4 → 61 queries against the last 7 days of production (up to 10 allowed)'],
  ['within its slack', 10, 0, '| `GET /orders` | 10 | 10 | 4 | kept |'],
  ['just above it', 11, 1, '4 → 11 queries'],
])('compares with production: %s', async (_, queryCount, code, said) => {
  const asked: string[] = [];
  const url = await collector((path) => {
    asked.push(path);
    return [200, path.includes('/operations') ? { operations: [operation] } : { findings: [] }];
  });
  const ended = await ci(
    '--report',
    report({ ...orders, queryCount }),
    '--collector',
    url,
    '--service',
    'my shop',
  );
  expect(ended).toMatchObject({ code, err: '' });
  expect(ended.out).toContain(said);
  expect(asked.sort()).toEqual([
    '/api/v1/findings?from=now-7d&service=my+shop&kind=n_plus_one&limit=1000',
    '/api/v1/services/my%20shop/operations?from=now-7d',
  ]);
});

it('lets the budget speak before production', async () => {
  const url = await collector((path) => [
    200,
    path.includes('/operations') ? { operations: [operation] } : { findings: [] },
  ]);
  const args = ['--report', report(looping), '--collector', url, '--service', 's'];
  expect((await ci(...args, '--budget', budget({ 'GET /orders': 26 }, [loop.id]))).code).toBe(0);
});

it.each([
  ['nobody answers', undefined, 'does not answer'],
  ['it asks for a login', [401, {}] as const, 'asks for a login'],
  ['it fails', [503, {}] as const, 'answered 503'],
  ['it is something else', [200, { hello: 'world' }] as const, 'no collector of this version'],
])('ends with 69 when %s', async (_, answer, said) => {
  const url = answer === undefined ? 'http://127.0.0.1:9' : await collector(() => [...answer]);
  const ended = await ci('--report', report(orders), '--collector', url, '--service', 's');
  expect(ended.code).toBe(69);
  expect(ended.err).toContain(said);
});

it('logs in with the user of the address, and never prints the password', async () => {
  const url = await collector((path, cookie) => {
    if (path.endsWith('/session')) return [200, {}];
    if (cookie !== 'nightjar_session=s3') return [401, {}];
    return [200, path.includes('/operations') ? { operations: [operation] } : { findings: [] }];
  });
  const withUser = url.replace('http://', 'http://ada:s%40cret@');
  const ended = await ci('--report', report(orders), '--collector', withUser, '--service', 's');
  expect(ended).toMatchObject({ code: 0, err: '' });
  expect(ended.out).not.toContain('cret');
});
