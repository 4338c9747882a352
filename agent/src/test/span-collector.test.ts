import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import { expect, it } from 'vitest';
import { SpanCollector } from './span-collector.ts';

function recording(spansMax?: number) {
  const collector = new SpanCollector('shop', spansMax);
  const tracer = new TracerProvider({ spanProcessors: [collector] }).getTracer('test');
  const root = tracer.startSpan('root', {}, ROOT_CONTEXT);
  const { traceId } = root.spanContext();
  collector.open(traceId);
  const child = (name: string) => tracer.startSpan(name, {}, trace.setSpan(ROOT_CONTEXT, root));
  return { collector, tracer, root, traceId, child };
}

it('keeps the spans of its trace alone', async () => {
  const { collector, tracer, root, traceId, child } = recording();
  child('query').end();
  tracer.startSpan('elsewhere', {}, ROOT_CONTEXT).end();
  root.end();
  const gathered = await collector.close(traceId);
  expect(gathered.spans.map(({ name }) => name)).toEqual(['query', 'root']);
  expect(gathered).toMatchObject({ uncounted: 0, unfinished: 0 });
});

it('counts what is beyond its limit instead of keeping it', async () => {
  const { collector, root, traceId, child } = recording(3);
  for (let n = 0; n < 5; n++) child('query').end();
  root.end();
  const gathered = await collector.close(traceId);
  expect([gathered.spans.length, gathered.uncounted]).toEqual([3, 3]);
});

it('waits for what is still open, and no longer than that', async () => {
  const { collector, root, traceId, child } = recording();
  const late = child('late');
  root.end();
  const closing = collector.close(traceId);
  late.end();
  child('too late').end();
  expect((await closing).spans.map(({ name }) => name)).toContain('late');
  expect(await collector.close(traceId)).toEqual({ spans: [], uncounted: 0, unfinished: 0 });
});
