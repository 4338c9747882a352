import { resourceFromAttributes } from '@opentelemetry/resources';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { expect, it } from 'vitest';
import { createBatchQueue } from './batch-queue.ts';
import { createDropCounters } from './counters.ts';
import { deliverSpans, spanIntake } from './otlp-export.ts';
import type { OtlpSender } from './otlp-sender.ts';
import { writeSpan } from './span-writer.ts';
import type { WrittenSpan } from './span-writer.ts';

function senderReplying(reply: Buffer): OtlpSender {
  return {
    send: (_, onReply) => {
      onReply?.(reply);
      return Promise.resolve('delivered');
    },
    stopRetrying: () => undefined,
    close: () => undefined,
  };
}

function spans(): ReadableSpan[] {
  const ended: ReadableSpan[] = [];
  const provider = new TracerProvider({
    spanProcessors: [
      {
        onStart: () => undefined,
        onEnd: (span) => void ended.push(span),
        forceFlush: () => Promise.resolve(),
        shutdown: () => Promise.resolve(),
      },
    ],
  });
  provider.getTracer('test').startSpan('x').end();
  return ended;
}

it.each([
  // ExportTraceServiceResponse{1: partial_success{1: rejected_spans = 3}}
  ['refuses three', Buffer.from([0x0a, 0x02, 0x08, 0x03]), [3]],
  ['takes all', Buffer.alloc(0), []],
  ['takes all, with an empty partial success', Buffer.from([0x0a, 0x00]), [0]],
  ['replies with a page of HTML', Buffer.from('<html>ok</html>'), []],
])('counts what a collector %s', async (_, reply, counted) => {
  const refused: number[] = [];
  const deliver = deliverSpans({
    sender: senderReplying(reply),
    resource: resourceFromAttributes({}),
    onRefused: (items) => void refused.push(items),
  });
  expect(await deliver(spans().map(writeSpan))).toBe('delivered');
  expect(refused).toEqual(counted);
});

it('counts a span that cannot be written, and takes the next', () => {
  const drops = createDropCounters(() => undefined);
  const queue = createBatchQueue<WrittenSpan>(
    { delayMs: 1_000, batchItemsMax: 10, queueItemsMax: 10 },
    { deliver: () => Promise.resolve('delivered'), drops },
  );
  const take = spanIntake(queue, drops);
  for (const span of spans()) {
    take(
      Object.defineProperty(Object.create(span), 'attributes', {
        get: () => {
          throw new Error('hostile');
        },
      }),
    );
    take(span);
  }
  expect([...drops.totals()]).toEqual([['unserialisable', 1]]);
  expect(queue.waiting()).toBe(1);
  queue.close();
});
