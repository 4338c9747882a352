import { ROOT_CONTEXT, SpanKind, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api';
import type { Context } from '@opentelemetry/api';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { expect, it } from 'vitest';
import { FINDING_COUNT } from '../attributes.ts';
import type { AgentConfig } from '../config.ts';
import { headSamplerOf } from './head-sampler.ts';
import { createRequestGate } from './request-gate.ts';
import type { GatePorts, GatedRequest, RequestGate } from './request-gate.ts';
import { createRouteLimit } from './route-limit.ts';

type Kind = 'plain' | 'finding' | 'error' | 'slow';

interface Bench {
  readonly exported: ReadableSpan[];
  readonly gate: RequestGate;
  /** A request with so many queries in it. */
  readonly serve: (kind?: Kind, queries?: number, parent?: Context) => void;
}

interface BenchOptions extends Partial<GatePorts> {
  readonly sampler?: AgentConfig['sampler'];
}

const HALF: AgentConfig['sampler'] = { name: 'traceidratio', ratio: 0.5 };
const OFF: AgentConfig['sampler'] = { name: 'always_off', ratio: 1 };

function bench({ sampler = HALF, random = seeded(7), ...ports }: BenchOptions = {}): Bench {
  const exported: ReadableSpan[] = [];
  const gate = createRequestGate({
    next: (span) => void exported.push(span),
    slowRequestMs: 2_000,
    routeLimit: undefined,
    random,
    ...ports,
  });
  let current: GatedRequest | undefined;
  const tracer = new TracerProvider({
    sampler: headSamplerOf(sampler),
    idGenerator: { generateTraceId: () => hex(random, 32), generateSpanId: () => hex(random, 16) },
    spanProcessors: [
      {
        onStart: () => undefined,
        onEnd: (span) => gate.add(span, current),
        forceFlush: () => Promise.resolve(),
        shutdown: () => Promise.resolve(),
      },
    ],
  }).getTracer('test');
  return {
    exported,
    gate,
    serve: (kind = 'plain', queries = 1, parent = ROOT_CONTEXT) => {
      const entry = tracer.startSpan('GET /', { kind: SpanKind.SERVER, startTime: 1_000 }, parent);
      current = { entry, held: [], verdict: undefined };
      for (let index = 0; index < queries; index++) {
        tracer.startSpan('SELECT', {}, trace.setSpan(parent, entry)).end();
      }
      if (kind === 'finding') entry.setAttribute(FINDING_COUNT, 1);
      if (kind === 'error') entry.setStatus({ code: SpanStatusCode.ERROR });
      entry.end(kind === 'slow' ? 3_000 : 1_010);
    },
  };
}

/** As the collector reads it from the bytes. */
function weightOf(span: ReadableSpan): number {
  const state = span.spanContext().traceState?.serialize() ?? '';
  const digits = /(?:^|,)\s*ot=(?:[^,]*;)?th:([0-9a-f]{1,14})(?:[;,]|$)/.exec(state)?.[1];
  return digits === undefined ? 1 : 1 / (1 - Number.parseInt(digits.padEnd(14, '0'), 16) / 2 ** 56);
}

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

function hex(random: () => number, digits: number): string {
  let text = '';
  while (text.length < digits) {
    text += Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  }
  return text.slice(0, digits);
}

it.each<Exclude<Kind, 'plain'>>(['finding', 'error', 'slow'])(
  'exports a request with %s whole, as one',
  (kind) => {
    const { serve, exported, gate } = bench({ sampler: OFF });
    serve(kind, 3);
    expect(exported.map(({ name }) => name)).toEqual(['SELECT', 'SELECT', 'SELECT', 'GET /']);
    for (const span of exported) {
      expect(span.spanContext().traceFlags & TraceFlags.SAMPLED).toBe(TraceFlags.SAMPLED);
      expect(weightOf(span)).toBe(1);
    }
    expect(gate.outcomes.get(kind)).toBe(1);
  },
);

it('exports nothing of an unsampled request in which nothing happened, and counts it', () => {
  const { serve, exported, gate } = bench({ sampler: OFF });
  serve();
  serve();
  expect(exported).toEqual([]);
  expect([...gate.outcomes]).toEqual([['unsampled', 2]]);
});

it('lets spans through as they come when every outcome is the same', () => {
  const { serve, exported, gate } = bench({
    sampler: { name: 'always_on', ratio: 1 },
    limits: { heldMax: 0, heldPerRequestMax: 0 },
  });
  serve('finding', 3);
  expect(exported).toHaveLength(4);
  expect([...gate.outcomes]).toEqual([['finding', 1]]);
});

it('exports for a caller that did not sample only what matters', () => {
  const { serve, exported } = bench({ sampler: { name: 'parentbased_always_on', ratio: 1 } });
  const parent = trace.setSpanContext(ROOT_CONTEXT, {
    traceId: 'a'.repeat(32),
    spanId: 'b'.repeat(16),
    traceFlags: TraceFlags.NONE,
    isRemote: true,
  });
  serve('plain', 1, parent);
  expect(exported).toEqual([]);
  serve('error', 1, parent);
  expect(exported).toHaveLength(2);
});

it('takes a request with more spans than it may hold for one to look at', () => {
  const { serve, exported, gate } = bench({ sampler: OFF, limits: { heldPerRequestMax: 3 } });
  serve('plain', 10);
  expect(exported).toHaveLength(11);
  expect([...gate.outcomes]).toEqual([['long', 1]]);
});

it('goes by the head sampler alone when too much is held', () => {
  const { serve, exported, gate } = bench({ sampler: OFF, limits: { heldMax: 3 } });
  serve('error', 10);
  expect(exported).toEqual([]);
  serve('error', 2);
  expect(exported).toHaveLength(3);
  expect([...gate.outcomes]).toEqual([
    ['unheld', 1],
    ['error', 1],
  ]);
});

it('exports whole what a request that never ends had held', () => {
  const { exported, gate, serve } = bench({ sampler: OFF });
  serve('error', 1);
  const [held] = exported.splice(0);
  if (held === undefined) throw new Error('nothing was exported');
  const abandoned: GatedRequest = {
    entry: { spanContext: () => held.spanContext() },
    held: [held],
    verdict: undefined,
  };
  gate.abandon(abandoned);
  gate.abandon(abandoned);
  expect(exported).toHaveLength(1);
});

interface Truth {
  readonly requests: number;
  readonly queries: number;
  readonly errors: number;
}

/** One day of an app: some requests matter, some have more queries than others. */
function estimateOf(options: BenchOptions, seed: number): { truth: Truth; estimate: Truth } {
  const random = seeded(seed);
  let minute = 0;
  const { serve, exported } = bench({
    ...options,
    random,
    ...(options.routeLimit === undefined
      ? {}
      : { routeLimit: createRouteLimit({ requestsPerMinute: 20, nowMs: () => minute * 60_000 }) }),
  });
  const truth = { requests: 0, queries: 0, errors: 0 };
  for (; minute < 10; minute++) {
    const arrivals = 40 + Math.floor(random() * 80);
    for (let index = 0; index < arrivals; index++) {
      const dice = random();
      const kind = dice < 0.05 ? 'finding' : dice < 0.1 ? 'error' : dice < 0.12 ? 'slow' : 'plain';
      const queries = Math.floor(random() * 4);
      serve(kind, queries);
      truth.requests++;
      truth.queries += queries;
      if (kind === 'error') truth.errors++;
    }
  }
  const estimate = { requests: 0, queries: 0, errors: 0 };
  for (const span of exported) {
    const weight = weightOf(span);
    if (span.kind !== SpanKind.SERVER) estimate.queries += weight;
    else {
      estimate.requests += weight;
      if (span.status.code === SpanStatusCode.ERROR) estimate.errors += weight;
    }
  }
  return { truth, estimate };
}

const SHARED = (): number => 1;

it.each<[string, BenchOptions]>([
  ['half', { sampler: HALF }],
  ['a twentieth', { sampler: { name: 'parentbased_traceidratio', ratio: 0.05 } }],
  ['all, thinned by the limit of a route', { sampler: { name: 'always_on', ratio: 1 }, routeLimit: SHARED }],
  ['half, thinned by the limit of a route', { sampler: HALF, routeLimit: SHARED }],
])('counts without bias when the head takes %s', (_, options) => {
  const runs = Array.from({ length: 40 }, (__, seed) => estimateOf(options, seed + 1));
  for (const figure of ['requests', 'queries'] as const) {
    const errors = runs.map(({ truth, estimate }) => estimate[figure] / truth[figure] - 1);
    const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
    const variance = errors.reduce((sum, error) => sum + (error - mean) ** 2, 0) / (errors.length - 1);
    const standardError = Math.sqrt(variance / errors.length);
    // Three standard errors, and small enough that a weight of 2 - p on what matters would show.
    expect(Math.abs(mean), `${figure} ${mean} ± ${standardError}`).toBeLessThan(3 * standardError);
    expect(standardError).toBeLessThan(0.04);
  }
  for (const { truth, estimate } of runs) expect(estimate.errors).toBe(truth.errors);
});
