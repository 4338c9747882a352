import { describe, expect, it } from 'vitest';
import { detect } from './detect.ts';
import { childrenOf, query, request, span } from './test-traces.ts';
import type { DetectSpan, Finding } from './types.ts';

const HASH = 'nightjar.db.parameter_hash';
const SETTINGS = 'SELECT * FROM settings';
const FLAGS = 'SELECT name FROM flags';
const ORDERS = 'SELECT * FROM orders WHERE customer_id = $1';
const ADDRESSES = 'SELECT * FROM addresses WHERE customer_id = $1';

/** A request in which each follows the one before, half a millisecond later. */
function inRow(rows: readonly (readonly [one: DetectSpan, durationMs: number])[]): DetectSpan[] {
  let atMs = 1;
  const spans = rows.map(([one, durationMs]) => {
    const placed = { ...one, startMs: atMs, durationMs };
    atMs += durationMs + 0.5;
    return placed;
  });
  return childrenOf(request({ durationMs: atMs + 1 }), spans);
}

const bound = (statement: string, hash: string): DetectSpan =>
  query(statement, { attributes: { [HASH]: hash } });
const http = (name = 'mail'): DetectSpan =>
  span({
    name: 'POST',
    kind: 3,
    attributes: {
      'http.request.method': 'POST',
      'url.full': `https://${name}.example/send`,
      'server.address': name,
    },
  });
const kinds = (spans: readonly DetectSpan[]): string[] => detect(spans).findings.map((one) => one.kind);
const found = (kind: Finding['kind'], spans: readonly DetectSpan[]): Finding | undefined =>
  detect(spans).findings.find((one) => one.kind === kind);

describe('reads one after the other', () => {
  it('are found where none takes a value of another', () => {
    const spans = inRow([
      [bound(ORDERS, 'aa'), 80],
      [bound(ADDRESSES, 'aa'), 60],
      [query(SETTINGS), 70],
    ]);
    expect(found('consecutive_queries', spans)).toMatchObject({
      count: 3,
      savedMs: 130,
      totalMs: 210,
      statement: `${ORDERS.replace('$1', '?')};\n${ADDRESSES.replace('$1', '?')};\n${SETTINGS}`,
      hint: expect.stringContaining('Promise.all'),
    });
  });

  it.each<readonly [why: string, spans: DetectSpan[]]>([
    [
      'the second takes other values',
      inRow([
        [query(SETTINGS), 80],
        [bound(ORDERS, 'aa'), 80],
      ]),
    ],
    [
      'its values are not known',
      inRow([
        [query(SETTINGS), 80],
        [query(ORDERS), 80],
      ]),
    ],
    [
      'it saves too little',
      inRow([
        [query(SETTINGS), 80],
        [query(FLAGS), 30],
      ]),
    ],
    [
      'a write lies between',
      inRow([
        [query(SETTINGS), 80],
        [query('UPDATE flags SET a = 1'), 5],
        [query(FLAGS), 80],
      ]),
    ],
    [
      'a call of another service lies between',
      inRow([
        [query(SETTINGS), 80],
        [http(), 5],
        [query(FLAGS), 80],
      ]),
    ],
    [
      'they share a transaction',
      inRow([
        [query('BEGIN'), 1],
        [query(SETTINGS), 80],
        [query(FLAGS), 80],
        [query('COMMIT'), 1],
      ]),
    ],
    [
      'they run at once already',
      childrenOf(request({ durationMs: 100 }), [
        query(SETTINGS, { startMs: 1, durationMs: 80 }),
        query(FLAGS, { startMs: 2, durationMs: 80 }),
      ]),
    ],
    [
      'they are a small part of the request',
      childrenOf(request({ durationMs: 5_000 }), [
        query(SETTINGS, { startMs: 1, durationMs: 80 }),
        query(FLAGS, { startMs: 90, durationMs: 80 }),
      ]),
    ],
  ])('are left alone where %s', (_, spans) => {
    expect(kinds(spans)).toEqual([]);
  });
});

describe('waiting for a connection', () => {
  const connect = (durationMs: number, over: Partial<DetectSpan> = {}): DetectSpan =>
    span({
      name: 'pg-pool.connect',
      kind: 3,
      startMs: 1,
      durationMs,
      attributes: { 'db.system': 'postgresql' },
      ...over,
    });

  it('is found in the spans of a pool', () => {
    const spans = childrenOf(request({ durationMs: 200 }), [
      connect(120),
      query(SETTINGS, { startMs: 122, durationMs: 5 }),
    ]);
    expect(found('pool_wait', spans)).toMatchObject({ count: 1, savedMs: 120, confidence: 'medium' });
  });

  it('is found by what the agent measured, waits at once counted once', () => {
    const waited = (startMs: number): DetectSpan =>
      query(ORDERS, { startMs, durationMs: 5, attributes: { 'nightjar.db.pool_wait_ms': 100 } });
    const spans = childrenOf(request({ durationMs: 200 }), [waited(110), waited(150)]);
    expect(found('pool_wait', spans)).toMatchObject({ count: 2, savedMs: 140 });
  });

  it('is no finding of its own where a loop fills the pool', () => {
    const spans = Array.from({ length: 12 }, (_, i) =>
      query(ORDERS, {
        startMs: 10 + i * 20,
        durationMs: 20,
        attributes: { 'nightjar.db.pool_wait_ms': 5 + i * 20, [HASH]: `a${i}` },
      }),
    );
    expect(kinds(childrenOf(request({ durationMs: 260 }), spans))).toEqual(['n_plus_one']);
  });

  it('is not what it takes to open one', () => {
    const pool = connect(120);
    const opening = span({
      name: 'pg.connect',
      kind: 3,
      startMs: 2,
      durationMs: 115,
      attributes: { 'db.system': 'postgresql' },
    });
    const [root, outer] = childrenOf(request({ durationMs: 200 }), [pool]);
    if (root === undefined || outer === undefined) throw new Error('no spans');
    expect(kinds([root, outer, { ...opening, parentSpanId: outer.spanId }])).toEqual([]);
  });

  it('is left alone where it is short for the request', () => {
    expect(kinds(childrenOf(request({ durationMs: 5_000 }), [connect(120)]))).toEqual([]);
  });
});

describe('a call of another service in a transaction', () => {
  it('is found, and promises no time', () => {
    const spans = inRow([
      [query('BEGIN'), 1],
      [bound('INSERT INTO orders (a) VALUES ($1)', 'aa'), 5],
      [http(), 150],
      [query('COMMIT'), 2],
    ]);
    expect(found('http_in_transaction', spans)).toMatchObject({
      count: 1,
      savedMs: 0,
      severity: 'medium',
      confidence: 'high',
      hint: expect.stringContaining('`mail.example`'),
    });
  });

  it.each<readonly [why: string, spans: DetectSpan[]]>([
    [
      'it comes after the commit',
      inRow([
        [query('BEGIN'), 1],
        [query('COMMIT'), 2],
        [http(), 150],
      ]),
    ],
    [
      'it comes after going back',
      inRow([
        [query('BEGIN'), 1],
        [query('ROLLBACK'), 2],
        [http(), 150],
      ]),
    ],
    [
      'it is short',
      inRow([
        [query('BEGIN'), 1],
        [http(), 10],
        [query('COMMIT'), 2],
      ]),
    ],
    [
      'the end was not seen',
      inRow([
        [query('BEGIN'), 1],
        [http(), 150],
      ]),
    ],
    [
      'transactions run side by side',
      inRow([
        [query('BEGIN'), 1],
        [query('BEGIN'), 1],
        [http(), 150],
        [query('COMMIT'), 2],
        [query('COMMIT'), 2],
      ]),
    ],
    [
      'statements of it go on meanwhile',
      childrenOf(request({ durationMs: 300 }), [
        query('BEGIN', { startMs: 1 }),
        { ...http(), startMs: 10, durationMs: 100 },
        query(ORDERS, { startMs: 20, durationMs: 5 }),
        query('COMMIT', { startMs: 200 }),
      ]),
    ],
  ])('is left alone where %s', (_, spans) => {
    expect(kinds(spans)).toEqual([]);
  });

  it('goes on through a savepoint that was taken back', () => {
    const spans = inRow([
      [query('START TRANSACTION'), 1],
      [query('SAVEPOINT a'), 1],
      [query('ROLLBACK TO SAVEPOINT a'), 1],
      [http(), 150],
      [query('COMMIT'), 2],
    ]);
    expect(kinds(spans)).toEqual(['http_in_transaction']);
  });
});
