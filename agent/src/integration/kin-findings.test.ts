import { afterAll, beforeAll, expect, it } from 'vitest';
import { FINDING_EVENT, FINDING_JSON } from '../attributes.ts';
import { startReceiver } from './otlp-receiver.ts';
import type { OtlpReceiver } from './otlp-receiver.ts';
import { startDatabase } from './pglite-server.ts';
import { startApp } from './run-app.ts';

const found = new Map<string, unknown>();
let receiver: OtlpReceiver;

beforeAll(async () => {
  const [sink, database] = await Promise.all([startReceiver(), startDatabase()]);
  receiver = sink;
  const env = { DATABASE_URL: database.url, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url };
  const app = await startApp('kin.mjs', { env });
  for (const path of ['/wait', '/in-turn', '/transaction', '/accepted'])
    await (await fetch(app.url + path)).text();
  await app.end();
  for (const { kind, attributes, events } of receiver.spans) {
    if (kind !== 2) continue;
    const findings = events
      .filter(({ name }) => name === FINDING_EVENT)
      .map((event): unknown => JSON.parse(String(event.attributes[FINDING_JSON])));
    found.set(String(attributes['url.path']), findings);
  }
  await database.close();
}, 90_000);

afterAll(() => receiver.close());

it.each([
  ['/wait', { kind: 'pool_wait', count: 1 }],
  ['/in-turn', { kind: 'consecutive_queries', count: 2 }],
  ['/transaction', { kind: 'http_in_transaction', count: 1, statement: expect.stringContaining('/pause') }],
  [
    '/accepted',
    { kind: 'n_plus_one', count: 12, accepted: { how: 'ignored', reason: 'twelve authors and no more' } },
  ],
])('finds in %s what it has, and nothing else', (path, expected) => {
  expect(found.get(path)).toMatchObject([expected]);
});

it('tells on the statement how long it waited, and only there', () => {
  const waits = receiver.spans.filter((span) => 'nightjar.db.pool_wait_ms' in span.attributes);
  expect(waits.map((span) => span.attributes['db.query.text'])).toEqual([
    'SELECT name FROM authors ORDER BY id',
  ]);
});
