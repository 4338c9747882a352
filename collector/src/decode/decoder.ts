import type { Accept, IngestMetrics, OtlpRequest, Outcome, RowSink } from '../model/stages.ts';
import { DecodeError } from './decode-error.ts';
import { jsonToProtobuf } from './json-to-protobuf.ts';
import { decodeLogs } from './logs.ts';
import { decodeMetrics } from './metrics.ts';
import { Tally } from './tally.ts';
import { decodeTraces } from './traces.ts';

export interface DecoderOptions {
  readonly sink: RowSink;
  readonly metrics: IngestMetrics;
}

/** Bytes of a request -> rows of the sink, all or none; resolves when they are durable. */
export function createDecoder(options: DecoderOptions): Accept {
  const { sink, metrics } = options;
  return async (request) => {
    const startedMs = performance.now();
    const refusal = sink.refusal();
    if (refusal !== undefined) {
      metrics.refused(request.signal, refusal.reason);
      return refusal;
    }
    const tally = new Tally();
    const problem = fill(request, sink, tally);
    if (problem !== undefined) {
      metrics.refused(request.signal, 'undecodable');
      return problem;
    }
    const unavailable = await sink.commit(request.identity);
    if (unavailable !== undefined) {
      metrics.refused(request.signal, unavailable.reason);
      return unavailable;
    }
    report(request, tally, metrics);
    metrics.acknowledged(request.signal, performance.now() - startedMs);
    return { kind: 'stored', accepted: tally.accepted, rejected: tally.rejected, message: tally.message() };
  };
}

/** Synchronous from `begin` to the end: no other request's rows come between. */
function fill(request: OtlpRequest, sink: RowSink, tally: Tally): Outcome | undefined {
  sink.begin();
  try {
    const body = request.format === 'json' ? jsonToProtobuf(request.signal, request.body) : request.body;
    switch (request.signal) {
      case 'traces':
        decodeTraces(body, sink, tally);
        break;
      case 'logs':
        decodeLogs(body, sink, tally);
        break;
      case 'metrics':
        decodeMetrics(body, sink, tally);
        break;
    }
    return undefined;
  } catch (error) {
    sink.abandon();
    if (error instanceof DecodeError) return { kind: 'undecodable', message: error.message };
    throw error;
  }
}

function report(request: OtlpRequest, tally: Tally, metrics: IngestMetrics): void {
  metrics.received(request.signal, tally.accepted + tally.rejected, request.body.length);
  for (const [reason, count] of tally.reasons) metrics.dropped(request.signal, reason, count);
  if (tally.cutParts > 0) metrics.dropped(request.signal, 'too_many_parts', tally.cutParts);
}
