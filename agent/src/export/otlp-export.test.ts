import { expect, it } from 'vitest';
import { deliverSpans } from './otlp-export.ts';
import type { OtlpSender } from './otlp-sender.ts';

function senderReplying(reply: Buffer): OtlpSender {
  return {
    send: (_, onReply) => {
      onReply?.(reply);
      return Promise.resolve('delivered');
    },
    unsent: () => [],
    stopRetrying: () => undefined,
    close: () => undefined,
  };
}

it.each([
  // ExportTraceServiceResponse{1: partial_success{1: rejected_spans = 3}}
  ['refuses three', Buffer.from([0x0a, 0x02, 0x08, 0x03]), [3]],
  ['takes all', Buffer.alloc(0), []],
  ['takes all, with an empty partial success', Buffer.from([0x0a, 0x00]), [0]],
  ['replies with a page of HTML', Buffer.from('<html>ok</html>'), []],
])('counts what a collector %s', async (_, reply, counted) => {
  const refused: number[] = [];
  const deliver = deliverSpans(senderReplying(reply), (items) => void refused.push(items));
  expect(await deliver(new Uint8Array(3))).toBe('delivered');
  expect(refused).toEqual(counted);
});
