import { describe, expect, it } from 'vitest';
import { detect } from './detect.ts';
import { childrenOf, inTurn, LOOKUP, loop, query, request, span } from './test-traces.ts';
import type { DetectSpan, Verdict } from './types.ts';

function verdicts(spans: readonly DetectSpan[]): Verdict[] {
  return detect(spans).repeats.map((repeat) => repeat.verdict);
}

describe('verdicts', () => {
  const http = (url: string, over: Partial<DetectSpan> = {}, method = 'GET'): DetectSpan =>
    span({
      name: method,
      kind: 3,
      ...over,
      attributes: { 'http.request.method': method, 'url.full': url, ...over.attributes },
    });
  const redis = (text: string, startMs: number): DetectSpan =>
    span({
      name: text.split(' ')[0] ?? '',
      kind: 3,
      startMs,
      attributes: { 'db.system': 'redis', 'db.statement': text },
    });
  const mongo = (operation: string, startMs: number, statement = '{"_id":"?"}'): DetectSpan =>
    span({
      name: `mongodb.${operation}`,
      kind: 3,
      startMs,
      attributes: {
        'db.system': 'mongodb',
        'db.operation': operation,
        'db.mongodb.collection': 'authors',
        'db.statement': statement,
      },
    });
  const rpc = (startMs: number): DetectSpan =>
    span({
      kind: 3,
      startMs,
      attributes: { 'rpc.system': 'grpc', 'rpc.service': 'users.Users', 'rpc.method': 'Get' },
    });
  const publish = (startMs: number): DetectSpan =>
    span({
      kind: 4,
      startMs,
      attributes: { 'messaging.system': 'kafka', 'messaging.destination.name': 'orders' },
    });

  it.each<readonly [string, readonly DetectSpan[], readonly Verdict[]]>([
    ['five lookups', loop(5), ['n_plus_one']],
    ['nine Redis reads', inTurn(9, (i, at) => redis(`get user:${i}`, at)), ['below_threshold']],
    ['ten Redis reads', inTurn(10, (i, at) => redis(`get user:${i}`, at)), ['n_plus_one']],
    ['ten Redis reads of one key', inTurn(10, (_, at) => redis('get settings', at)), ['duplicate']],
    ['Redis scans', inTurn(10, (i, at) => redis(`scan ${i}`, at)), ['cursor']],
    ['Redis multi-reads', inTurn(10, (i, at) => redis(`mget user:${i} user:x${i}`, at)), ['chunked_batch']],
    ['Redis blocking pops', inTurn(10, (i, at) => redis(`brpop queue:${i} 5`, at)), []],
    ['Mongo lookups', inTurn(6, (_, at) => mongo('find', at)), ['n_plus_one']],
    [
      'Mongo lookups with a hash of masks',
      inTurn(6, (_, at) => ({
        ...mongo('find', at, '{"_id":?}'),
        attributes: { ...mongo('find', at, '{"_id":?}').attributes, 'nightjar.db.parameter_hash': 'ab' },
      })),
      ['n_plus_one'],
    ],
    ['Mongo reads of one thing', inTurn(6, (_, at) => mongo('find', at, '{"_id":7}')), ['duplicate']],
    ['Mongo portions', inTurn(6, (_, at) => mongo('getMore', at)), ['cursor']],
    ['Mongo bulk writes', inTurn(6, (_, at) => mongo('bulkWrite', at)), ['chunked_batch']],
    ['nine remote procedures', inTurn(9, (_, at) => rpc(at)), ['below_threshold']],
    ['ten remote procedures', inTurn(10, (_, at) => rpc(at)), ['n_plus_one']],
    ['nineteen messages', inTurn(19, (_, at) => publish(at)), ['below_threshold']],
    ['twenty messages', inTurn(20, (_, at) => publish(at)), ['n_plus_one']],
    [
      'requests for one thing',
      inTurn(6, (_, at) => http('http://a/settings', { startMs: at })),
      ['duplicate'],
    ],
    [
      'requests whose values are hidden',
      inTurn(10, (_, at) => http('http://a/price?sku=', { startMs: at })),
      ['n_plus_one'],
    ],
    [
      'a few such requests',
      inTurn(9, (_, at) => http('http://a/price?sku=', { startMs: at })),
      ['below_threshold'],
    ],
    [
      'requests whose paths still differ',
      inTurn(6, (i, at) => http(`http://a/price/${i}?currency=`, { startMs: at })),
      ['n_plus_one'],
    ],
    [
      'writes whose contents are hidden',
      inTurn(12, (_, at) => http('http://a/chat?key=', { startMs: at }, 'POST')),
      ['chatty'],
    ],
    [
      'requests to a bulk address',
      inTurn(6, (i, at) => http(`http://a/users/_bulk?x=${i}`, { startMs: at }, 'POST')),
      ['chunked_batch'],
    ],
    [
      'telemetry on its way out',
      inTurn(6, (i, at) => http(`http://c:4318/v1/traces?${i}`, { startMs: at }, 'POST')),
      [],
    ],
    [
      'rate-limited requests',
      inTurn(6, (_, at) =>
        http('http://a/b', { startMs: at, attributes: { 'http.response.status_code': 429 } }),
      ),
      ['retry'],
    ],
    [
      'resent requests',
      inTurn(6, (i, at) =>
        http(`http://a/${i}`, { startMs: at, attributes: { 'http.request.resend_count': i + 1 } }),
      ),
      ['retry'],
    ],
    [
      'pages by key',
      inTurn(6, (_, at) => query('SELECT * FROM t WHERE id > $1 ORDER BY id LIMIT 50', { startMs: at })),
      ['pagination'],
    ],
    [
      'batches by size',
      inTurn(6, (_, at) =>
        query('INSERT INTO t VALUES ($1)', { startMs: at, attributes: { 'db.operation.batch.size': 50 } }),
      ),
      ['chunked_batch'],
    ],
    [
      'lookups by a name only',
      inTurn(6, (_, at) =>
        span({ kind: 3, name: 'SELECT shop.orders', startMs: at, attributes: { 'db.system': 'mysql' } }),
      ),
      ['n_plus_one'],
    ],
    [
      'migrations',
      inTurn(6, (_, at) => query('INSERT INTO schema_migrations VALUES ($1)', { startMs: at })),
      [],
    ],
    [
      'equal parameters of the agent',
      inTurn(6, (_, at) =>
        query(LOOKUP, { startMs: at, attributes: { 'nightjar.db.parameter_hash': 'ab' } }),
      ),
      ['duplicate'],
    ],
    [
      'bound parameters',
      inTurn(6, (i, at) =>
        query(LOOKUP, { startMs: at, attributes: { 'db.query.parameter.0': `${i % 3}` } }),
      ),
      ['n_plus_one'],
    ],
  ])('%s', (_name, spans, expected) => {
    expect(verdicts(childrenOf(request({ durationMs: 1_000 }), spans))).toEqual(expected);
  });

  it('asks more of a batch job', () => {
    const job = request({ kind: 5, name: 'process orders' });
    expect(verdicts(childrenOf(job, loop(19)))).toEqual(['below_threshold']);
    expect(verdicts(childrenOf(job, loop(20)))).toEqual(['n_plus_one']);
  });

  it('takes the transport of a database or procedure for no call of its own', () => {
    const root = request();
    const spans = inTurn(6, (i, at) =>
      span({
        kind: 3,
        name: 'search',
        startMs: at,
        attributes: {
          'db.system': 'elasticsearch',
          'db.operation': 'search',
          'db.elasticsearch.path_parts.index': 'books',
        },
        spanId: `es${i}`,
      }),
    );
    const transport = spans.map((one, i) =>
      http(`http://es/books/_search/${i}`, { startMs: one.startMs, parentSpanId: one.spanId }),
    );
    expect(verdicts([...childrenOf(root, spans), ...transport])).toEqual(['n_plus_one']);
  });
});
