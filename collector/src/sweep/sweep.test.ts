import { FINDING_JSON } from '@nightjar/agent/attributes';
import { detect, type Detection } from '@nightjar/agent/detect';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { insertSpans, openTestStorage, type TestSpan } from '../storage/testing.ts';
import type { Storage } from '../storage/types.ts';
import { createSweep, type SweepEvent } from './index.ts';
import { spansPerTraceMax } from './stored-trace.ts';
import { TestTrace } from './testing.ts';

let storage: Storage;
beforeAll(async () => {
  storage = await openTestStorage();
}, 60_000);
afterAll(async () => {
  await storage.close();
});

// Each test has a stretch of time and traces of its own.
let startMs = Math.floor(Date.now() / 1_000) * 1_000 - 3_600_000;
let nowMs = 0;
let number = 0;
let trace: TestTrace;
let counted: Map<SweepEvent, number>;
let cursor: bigint | undefined;
let inserted = 0;

function nextTrace(): void {
  number += 1;
  trace = new TestTrace(number, startMs);
}

beforeEach(() => {
  startMs += 300_000;
  nextTrace();
  counted = new Map();
  cursor = BigInt(startMs - 10_000);
});

function rig(options: { readonly watermarkMs?: () => number; readonly storage?: Storage } = {}) {
  let detections = 0;
  const sweep = createSweep({
    storage: options.storage ?? storage,
    detect: (spans): Detection => {
      detections += 1;
      return detect(spans);
    },
    cursor: {
      load: async () => await Promise.resolve(cursor),
      save: async (saved) => {
        cursor = saved;
        await Promise.resolve();
      },
    },
    now: () => nowMs,
    metrics: {
      passed: () => undefined,
      counted: (event, by) => counted.set(event, (counted.get(event) ?? 0) + by),
      lagging: () => undefined,
    },
    log: { error: () => undefined },
    ...(options.watermarkMs === undefined ? {} : { watermarkMs: options.watermarkMs }),
  });
  return {
    sweep,
    pass: async (secondsAfterStart: number): Promise<void> => {
      nowMs = startMs + secondsAfterStart * 1_000;
      await sweep.runOnce();
    },
    detected: () => detections,
  };
}

function root(columns: Record<string, unknown> = {}): TestSpan {
  return trace.root(columns);
}

async function arrive(spans: readonly TestSpan[], secondsAfterStart = 0): Promise<void> {
  inserted += 1;
  const ingested_at = startMs / 1_000 + secondsAfterStart;
  await insertSpans(
    storage,
    spans.map((span) => ({ ...span, columns: { ...span.columns, ingested_at } })),
    `spans-${inserted}`,
  );
}

const findings = async () => await trace.findings(storage);
const counts = async () => await trace.counts(storage);

it('judges a trace of a foreign SDK once it is quiet, and only once', async () => {
  const { pass, detected } = rig();
  await arrive([root(), ...trace.calls(1, 9)]);
  await pass(1);
  expect(await findings()).toEqual([]);
  await pass(4);
  expect(await findings()).toEqual([
    { kind: 'n_plus_one', calls: 8, operation: 'GET /books', version: 9, line: 12 },
  ]);
  expect(await counts()).toEqual([{ queries: 8, statements: 1, operation: 'GET /books' }]);
  await pass(8);
  await pass(12);
  expect(detected()).toBe(1);
  expect(counted.get('judged')).toBe(1);
});

it('judges again when spans come late, in any order', async () => {
  const { pass } = rig();
  await arrive([...trace.calls(1, 4), root()]);
  await pass(4);
  expect(await findings()).toEqual([]);
  expect(await counts()).toEqual([{ queries: 3, statements: 1, operation: 'GET /books' }]);
  await arrive(trace.calls(4, 11), 20);
  await pass(24);
  expect(await findings()).toMatchObject([{ calls: 10, version: 11 }]);
  expect(await counts()).toEqual([{ queries: 10, statements: 1, operation: 'GET /books' }]);
});

it.each([
  { what: 'ran for minutes', firstS: 2, lastS: 150 },
  { what: 'came an hour late', firstS: 3_000, lastS: 3_600 },
])('judges a trace that $what by everything that is stored of it', async ({ firstS, lastS }) => {
  const { pass } = rig();
  await arrive(trace.calls(1, 5), firstS);
  await pass(firstS + 20);
  await arrive([...trace.calls(5, 9), root()], lastS);
  await pass(lastS + 4);
  expect(await findings()).toMatchObject([{ kind: 'n_plus_one', calls: 8, version: 9 }]);
  expect(await counts()).toEqual([{ queries: 8, statements: 1, operation: 'GET /books' }]);
  startMs += 3_600_000;
});

it('takes back a finding that no longer holds', async () => {
  const { pass } = rig();
  await arrive([root(), ...trace.calls(1, 9)]);
  await pass(4);
  expect(await findings()).toHaveLength(1);
  await arrive([trace.noise(500)], 10);
  const silent = createSweep({
    storage,
    detect: (spans) => ({ ...detect(spans), findings: [] }),
    cursor: {
      load: async () => await Promise.resolve(BigInt(startMs)),
      save: async () => await Promise.resolve(),
    },
    now: () => startMs + 14_000,
    metrics: { passed: () => undefined, counted: () => undefined, lagging: () => undefined },
    log: { error: () => undefined },
  });
  await silent.runOnce();
  expect(await findings()).toEqual([]);
  await arrive([trace.noise(501)], 30);
  await pass(34);
  expect(await findings()).toMatchObject([{ calls: 8, version: 11 }]);
});

it('believes an agent that counted in its process', async () => {
  const { pass, detected } = rig();
  await arrive([root(trace.reported()), ...trace.calls(1, 9)]);
  await pass(4);
  expect(await findings()).toEqual([
    { kind: 'n_plus_one', calls: 8, operation: 'GET /books', version: 9, line: 42 },
  ]);
  // Its count came through the view, not through the sweep.
  expect(await counts()).toEqual([{ queries: 8, statements: 1, operation: 'GET /books' }]);
  expect(detected()).toBe(0);
});

it('keeps the other calls of the loop that an agent reports', async () => {
  const { pass } = rig();
  const companion = {
    fingerprint: 'ab'.repeat(8),
    statement: 'SELECT 1',
    count: 8,
    totalMs: 4,
    memberSpanIds: [trace.spanId(2)],
  };
  await arrive([root(trace.reported({ companions: [companion] })), ...trace.calls(1, 9)]);
  await pass(4);
  expect(await trace.companions(storage)).toEqual([companion]);
});

interface Report {
  readonly over?: Record<string, unknown>;
  readonly columns?: Record<string, unknown>;
}

it.each([
  ['that is no JSON', { columns: { event_attributes: [JSON.stringify({ [FINDING_JSON]: '{' })] } }],
  ['with a figure that is none', { over: { count: 'many' } }],
  ['with an id that is none', { over: { id: "'; DROP TABLE findings" } }],
  ['with members that are no ids', { over: { memberSpanIds: ['<script>'] } }],
  [
    'with a prototype',
    { columns: { event_attributes: [`{"${FINDING_JSON}":"{\\"__proto__\\":{\\"polluted\\":1}}"}`] } },
  ],
  ['that is missing', { columns: { event_name: [], event_time_ns: [], event_attributes: [] } }],
])('looks itself at a report %s', async (_name, { over, columns }: Report) => {
  const { pass } = rig();
  await arrive([root({ ...trace.reported(over), ...columns }), ...trace.calls(1, 9)]);
  await pass(4);
  expect(await findings()).toMatchObject([{ kind: 'n_plus_one', calls: 8, line: 12 }]);
  expect(counted.get('unreadable')).toBe(1);
  expect({}).not.toHaveProperty('polluted');
});

it('costs an agent without findings, and a trace without calls, no look', async () => {
  const { pass, detected } = rig();
  await arrive([
    root({ db_query_count: 8, service: 'counted' }),
    ...trace.calls(1, 9, { service: 'counted' }),
  ]);
  nextTrace();
  await arrive([root({ service: 'static-files' })]);
  await pass(4);
  expect(detected()).toBe(0);
  expect(counted.get('nothing')).toBe(2);
  expect(await counts()).toEqual([]);
});

it('counts no queries for a request of a service that is known to make some', async () => {
  await arrive([root(), ...trace.calls(1, 3)]);
  nextTrace();
  await arrive([root()]);
  await rig().pass(4);
  expect(await counts()).toEqual([{ queries: 0, statements: 0, operation: 'GET /books' }]);
});

it('waits for a root that has not come, then does without', async () => {
  const { pass } = rig();
  await arrive(trace.calls(1, 9));
  await pass(5);
  expect(await findings()).toEqual([]);
  expect(counted.get('waiting')).toBe(1);
  expect(cursor).toBe(BigInt(startMs));
  await pass(14);
  expect(await findings()).toMatchObject([{ kind: 'n_plus_one', calls: 8 }]);
  expect(await counts()).toEqual([]);
  await arrive([root()], 20);
  await pass(30);
  expect(await findings()).toMatchObject([{ calls: 8, operation: 'GET /books' }]);
  expect(await counts()).toHaveLength(1);
});

it('judges a trace that never goes quiet all the same', async () => {
  const { pass, detected } = rig();
  for (let second = 0; second < 100; second += 4) {
    await arrive(
      second === 0 ? [root(), ...trace.calls(1, 9)] : trace.calls(10 + second, 11 + second),
      second,
    );
  }
  for (let second = 4; second < 100; second += 4) await pass(second);
  expect(detected()).toBe(1);
  expect(await findings()).toHaveLength(1);
});

it('knows the request of a trace that is too large to be looked at whole', async () => {
  const calls = trace.calls(1, 2);
  const root = { ...trace.root(), spanId: 'f'.repeat(16) };
  const many = Array.from({ length: spansPerTraceMax + 10 }, (_, index) => ({
    ...calls[0],
    traceId: trace.traceId,
    spanId: trace.spanId(index + 1),
    parentSpanId: root.spanId,
    startMs: root.startMs,
    columns: { ...calls[0]?.columns, parameter_hash: BigInt(index + 1) },
  }));
  await arrive([...many, root]);
  await rig().pass(4);
  expect(counted.get('cut')).toBe(1);
  expect(await findings()).toMatchObject([{ operation: 'GET /books', calls: spansPerTraceMax - 1 }]);
  expect(await counts()).toEqual([{ queries: spansPerTraceMax - 1, statements: 1, operation: 'GET /books' }]);
});

it('gives the same when two sweep, and after a restart', async () => {
  await arrive([root(), ...trace.calls(1, 9)]);
  const before = cursor;
  await Promise.all([rig().pass(4), rig().pass(4)]);
  cursor = before;
  await rig().pass(5);
  expect(await findings()).toHaveLength(1);
  expect(await counts()).toHaveLength(1);
});

it('never looks past the watermark, and sweeps again what it could not write', async () => {
  let watermarkMs = startMs;
  const failing = {
    ...storage,
    insertRows: async () => await Promise.reject(new Error('disk full')),
  };
  await arrive([root(), ...trace.calls(1, 9)]);
  await rig({ watermarkMs: () => watermarkMs }).pass(60);
  expect(await findings()).toEqual([]);
  watermarkMs = startMs + 59_000;
  await expect(rig({ watermarkMs: () => watermarkMs, storage: failing }).pass(60)).rejects.toThrow(
    'disk full',
  );
  await rig({ watermarkMs: () => watermarkMs }).pass(60);
  expect(await findings()).toHaveLength(1);
});
