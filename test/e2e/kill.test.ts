import { setTimeout as delay } from 'node:timers/promises';
import { traceSchema } from '@nightjar/collector/contract';
import { afterAll, expect, it } from 'vitest';
import { startCollector, type Collector } from '../support/collector.ts';
import { newTraceId, plainRequest, sendTraces, spansOf, type OtlpTraces } from '../support/otlp.ts';
import { tempDir } from '../support/paths.ts';
import { until } from '../support/poll.ts';
import { freePort } from '../support/process.ts';
import { seededRandom } from '../shop/demo/random.ts';

// The built command; a hundred kills of its write path are in test/faults/01-kill-loop.test.ts.
const kills = Number(process.env['NIGHTJAR_KILLS'] ?? 5);
const senders = 4;
const spansATrace = 12;
const pauseMs = 15;
const retryPauseMs = 150;
const readersAtOnce = 8;
const random = seededRandom(26);
const dir = tempDir('kill');
afterAll(() => dir.remove());

/** Every trace sent, and whether its sender was told 200. Nothing is sent twice. */
const ledger = new Map<string, { isAcknowledged: boolean }>();
const state = { isLoading: true };

function family(traceId: string): OtlpTraces {
  const traces = plainRequest({ service: 'ledger', operation: 'GET /ledger', durationMs: 20, traceId });
  const [root] = spansOf(traces);
  if (root === undefined) throw new Error('no root');
  const children = Array.from({ length: spansATrace - 1 }, (_, index) => ({
    ...root,
    spanId: (BigInt(`0x${root.spanId}`) ^ BigInt(index + 1)).toString(16).padStart(16, '0'),
    parentSpanId: root.spanId,
    kind: 1,
    name: `step ${index}`,
  }));
  traces.resourceSpans[0]?.scopeSpans[0]?.spans.push(...children);
  return traces;
}

async function load(otlpHttp: string): Promise<void> {
  while (state.isLoading) {
    const traceId = newTraceId();
    const line = { isAcknowledged: false };
    ledger.set(traceId, line);
    try {
      await sendTraces(otlpHttp, family(traceId));
      line.isAcknowledged = true;
      await delay(pauseMs);
    } catch {
      // Killed meanwhile: this trace may or may not be there, but never twice.
      await delay(retryPauseMs);
    }
  }
}

async function storedSpans(collector: Collector, traceId: string): Promise<readonly string[]> {
  const response = await fetch(`${collector.dashboard}/api/v1/traces/${traceId}`);
  if (response.status === 404) return [];
  if (!response.ok) throw new Error(`the trace answered ${response.status}`);
  const trace = traceSchema.parse(await response.json());
  return trace.spanCount === trace.spans.length ? trace.spans.map((span) => span.spanId) : ['cut'];
}

it(`kill -9 ${kills} times under load loses nothing acknowledged and stores nothing twice`, async () => {
  const env = {
    NIGHTJAR_PORT: String(await freePort()),
    NIGHTJAR_OTLP_HTTP_PORT: String(await freePort()),
    NIGHTJAR_OTLP_GRPC_PORT: String(await freePort()),
  };
  const restart = async () => await startCollector({ dataDir: dir.path, env });
  let collector = await restart();
  const loads = Array.from({ length: senders }, async () => await load(collector.otlpHttp));
  for (let kill = 0; kill < kills; kill++) {
    await delay(150 + random() * 900);
    await collector.kill();
    collector = await restart();
  }
  state.isLoading = false;
  await Promise.all(loads);

  const acknowledged = [...ledger].filter(([, line]) => line.isAcknowledged).map(([traceId]) => traceId);
  expect(acknowledged.length).toBeGreaterThan(kills * 10);
  const newest = acknowledged.at(-1) ?? '';
  await until(
    async () => await storedSpans(collector, newest),
    (spans) => spans.length > 0,
    {
      what: 'the last acknowledged trace to be stored',
    },
  );

  const wrong: string[] = [];
  let present = 0;
  const pending = [...ledger];
  const check = async () => {
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const [traceId, { isAcknowledged }] = next;
      const spans = await storedSpans(collector, traceId);
      if (spans.length > 0) present += 1;
      const isWhole = spans.length === spansATrace && new Set(spans).size === spansATrace;
      if (!isWhole && (isAcknowledged || spans.length > 0)) wrong.push(`${traceId}: ${spans.length} spans`);
    }
  };
  await Promise.all(Array.from({ length: readersAtOnce }, check));
  expect(wrong).toEqual([]);
  // The rollup behind the services page counted each of them once, too.
  const { services } = await collector.get('services', { query: { from: 'now-1h' } });
  expect(services.find((service) => service.service === 'ledger')?.requests).toBe(present);
  console.log(
    `${kills} kills, ${ledger.size} traces sent, ${acknowledged.length} acknowledged, ${present} stored`,
  );
  await collector.stop();
}, 300_000);
