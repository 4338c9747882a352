import { EventEmitter } from 'node:events';
import { runInNewContext } from 'node:vm';
import { SpanKind, SpanStatusCode, context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { headSamplerOf } from '../sampling/head-sampler.ts';
import { AgentTracerProvider } from '../spans/agent-tracer-provider.ts';
import { PgQueries } from './pg-queries.ts';

type Callback = (error: Error | null, result?: unknown) => void;

/** As pg's client takes its calls; answers in a turn of its own, as a socket would. */
class Client {
  readonly connectionParameters = { host: 'db.test', port: 5432, database: 'shop' };
  failure: (Error & { code?: string }) | undefined;
  foreign: PromiseLike<unknown> | undefined;

  query(config: unknown, values?: unknown, callback?: Callback): unknown {
    if (config === null || config === undefined) throw new TypeError('null query');
    if (typeof config === 'object' && (config instanceof Cursor || config instanceof Stream)) return config;
    const last = [callback, values, (config as { callback?: unknown }).callback].find(
      (one): one is Callback => typeof one === 'function',
    );
    const rows = { rows: [1, 2, 3] };
    const { failure, foreign } = this;
    if (foreign !== undefined) return foreign;
    if (last !== undefined) {
      setImmediate(() => (failure === undefined ? last(null, rows) : last(failure)));
      return undefined;
    }
    return failure === undefined ? Promise.resolve(rows) : Promise.reject(failure);
  }
}

class Cursor extends EventEmitter {
  readonly text = 'SELECT * FROM big';
  handleReadyForQuery(): string {
    return 'ready';
  }
  handleError(error: Error): Error {
    return error;
  }
}

class Stream {
  readonly cursor = new Cursor();
  handleReadyForQuery(): void {
    this.cursor.handleReadyForQuery();
  }
  handleError(error: Error): void {
    this.cursor.handleError(error);
  }
}

const spans: ReadableSpan[] = [];
const tracers = new AgentTracerProvider({
  resource: resourceFromAttributes({}),
  sampler: headSamplerOf({ name: 'always_on', ratio: 1 }),
  processor: {
    onStart: () => undefined,
    onEnd: (span) => void spans.push(span),
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  },
});
let restore = (): void => undefined;

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const queries = new PgQueries();
  queries.setTracerProvider(tracers);
  const [definition] = queries.getModuleDefinitions();
  definition?.patch?.({ Client });
  // The package and its file both hand over the class.
  definition?.files[0]?.patch(Client);
  restore = () => definition?.unpatch?.({ Client });
});
beforeEach(() => {
  spans.length = 0;
});
afterAll(() => context.disable());

const SQL = 'select id from products where id = $1';

it('says what was asked of which database, and how many rows came', async () => {
  const result = await new Client().query(SQL, [7]);
  expect(result).toEqual({ rows: [1, 2, 3] });
  expect(spans).toHaveLength(1);
  const [span] = spans;
  expect(span?.name).toBe('pg.query:SELECT shop');
  expect(span?.kind).toBe(SpanKind.CLIENT);
  expect(span?.attributes).toEqual({
    'db.system.name': 'postgresql',
    'db.query.text': SQL,
    'db.namespace': 'shop',
    'server.address': 'db.test',
    'server.port': 5432,
    'nightjar.db.parameter_hash': expect.stringMatching(/^[0-9a-f]{8}$/),
    'db.response.returned_rows': 3,
  });
});

it.each<[string, (client: Client, callback: Callback) => unknown, string]>([
  ['text and callback', (client, callback) => client.query('SELECT 1', callback), 'pg.query:SELECT shop'],
  [
    'text, values and callback',
    (client, callback) => client.query(SQL, [1], callback),
    'pg.query:SELECT shop',
  ],
  [
    'an object with a callback',
    (client, callback) => client.query({ text: SQL, callback }),
    'pg.query:SELECT shop',
  ],
  [
    'a prepared statement',
    (client, callback) => client.query({ name: 'by_id', text: SQL }, [[1, 2]], callback),
    'pg.query:by_id shop',
  ],
])('ends before the callback, which runs where it was given: %s', async (_, call, name) => {
  const caller = tracers.getTracer('app').startSpan('caller');
  const seen = await new Promise((resolve) => {
    context.with(trace.setSpan(context.active(), caller), () =>
      call(new Client(), () => resolve([spans.length, trace.getActiveSpan() === caller])),
    );
  });
  expect(seen).toEqual([1, true]);
  expect(spans[0]?.name).toBe(name);
  expect(spans[0]?.parentSpanContext).toEqual(caller.spanContext());
});

it.each(['promise', 'callback'])('tells of an error by its code, and hands it on: %s', async (how) => {
  const client = new Client();
  const failure = Object.assign(new Error('no such table'), { code: '42P01' });
  client.failure = failure;
  const got: unknown =
    how === 'promise'
      ? await (client.query(SQL, [1]) as Promise<unknown>).catch((error: unknown) => error)
      : await new Promise((resolve) => void client.query(SQL, [1], resolve));
  expect(got).toBe(failure);
  const [span] = spans;
  expect(span?.status).toEqual({ code: SpanStatusCode.ERROR, message: 'no such table' });
  expect(span?.attributes).toMatchObject({ 'db.response.status_code': '42P01', 'error.type': '42P01' });
  expect(span?.events.map(({ attributes }) => attributes?.['exception.message'])).toEqual([
    "PostgreSQL error of type 'Error' occurred (code: 42P01)",
  ]);
});

it.each([
  [
    '22P02',
    'invalid input syntax for type integer: "me@x.test"',
    'invalid input syntax for type integer: "?"',
  ],
  ['42601', 'syntax error at or near "\'s3cret"', 'syntax error at or near "?"'],
  ['42P01', 'relation "orders" does not exist', 'relation "orders" does not exist'],
])('keeps values that an error quotes: %s', async (code, message, told) => {
  const client = new Client();
  client.failure = Object.assign(new Error(message), { code });
  await expect(client.query(SQL, ['me@x.test'])).rejects.toThrow(message);
  expect(spans[0]?.status.message).toBe(told);
});

it('names a statement by its verb alone', async () => {
  await new Client().query("VALUES('s3cret')");
  await new Client().query("(select'me@x.test')");
  expect(spans.map(({ name }) => name)).toEqual(['pg.query:VALUES shop', 'pg.query:SELECT shop']);
});

it('takes a callback that is not the last argument', async () => {
  const seen = await new Promise((resolve) => {
    new Client().query(SQL, () => resolve(spans.length), undefined);
    expect(spans).toHaveLength(0);
  });
  expect(seen).toBe(1);
});

it('ends with a promise that is none of this realm', async () => {
  const client = new Client();
  client.foreign = runInNewContext('Promise.resolve({ rows: [1] })') as PromiseLike<unknown>;
  expect(client.foreign).not.toBeInstanceOf(Promise);
  const result = client.query(SQL, [1]);
  expect(spans).toHaveLength(0);
  await (result as PromiseLike<unknown>);
  expect(spans[0]?.attributes['db.response.returned_rows']).toBe(1);
});

it('calls back in the context of each time that one object is asked with', async () => {
  const tracer = tracers.getTracer('app');
  const seen: unknown[] = [];
  let done = (): void => undefined;
  const callback: Callback = () => {
    seen.push(trace.getActiveSpan());
    done();
  };
  const statement = { text: SQL, callback };
  const callers = [tracer.startSpan('first'), tracer.startSpan('second')];
  for (const caller of callers)
    await new Promise<void>((resolve) => {
      done = resolve;
      context.with(trace.setSpan(context.active(), caller), () => new Client().query(statement));
    });
  expect(seen).toEqual(callers);
});

it.each(['handleReadyForQuery', 'handleError'] as const)('ends with a cursor: %s', (ending) => {
  const cursor = new Cursor();
  expect(new Client().query(cursor)).toBe(cursor);
  expect(spans).toHaveLength(0);
  const error = new Error('cut');
  const answer = ending === 'handleError' ? cursor.handleError(error) : cursor.handleReadyForQuery();
  expect(answer).toBe(ending === 'handleError' ? error : 'ready');
  expect(spans.map(({ status }) => status.code)).toEqual([
    ending === 'handleError' ? SpanStatusCode.ERROR : SpanStatusCode.UNSET,
  ]);
});

it('reads the statement of a stream in its cursor', () => {
  const stream = new Stream();
  expect(new Client().query(stream)).toBe(stream);
  expect(spans).toHaveLength(0);
  stream.handleReadyForQuery();
  expect(spans.map(({ attributes }) => attributes['db.query.text'])).toEqual(['SELECT * FROM big']);
});

it('throws what the client throws', () => {
  expect(() => new Client().query(null)).toThrow('null query');
  expect(spans).toEqual([]);
});

it('leaves the client as it was', async () => {
  restore();
  await new Client().query(SQL);
  expect(spans).toEqual([]);
});
