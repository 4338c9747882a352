import type { InstrumentationScope } from '@opentelemetry/core';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { ProtobufWriter } from './protobuf-writer.ts';
import { writeSpan, writeTraceRequest } from './span-writer.ts';

/** Scopes whose buffers are kept from batch to batch; a batch of more is as right, only dearer. */
const SCOPES_KEPT_MAX = 64;

/**
 * The spans of the next request, written as they end: what waits are bytes in buffers that are used again and again, so that
 * spans die young and nothing of them grows old on the heap.
 */
export class SpanBatch {
  readonly #writers = new Map<InstrumentationScope, ProtobufWriter>();
  #spans = 0;
  #bytes = 0;

  get spans(): number {
    return this.#spans;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Throws for a span that cannot be written, and is as before. */
  add(span: ReadableSpan): void {
    const scope = span.instrumentationScope;
    let writer = this.#writers.get(scope);
    if (writer === undefined) {
      writer = new ProtobufWriter();
      this.#writers.set(scope, writer);
    }
    const before = writer.length;
    writeSpan(span, writer);
    this.#bytes += writer.length - before;
    this.#spans++;
  }

  /** An `ExportTraceServiceRequest` of all of them; the batch is empty then. */
  take(resource: Resource): Uint8Array {
    try {
      const scopes = [];
      for (const [scope, writer] of this.#writers)
        if (writer.length > 0) scopes.push({ scope, spans: writer.written() });
      return writeTraceRequest(resource, scopes);
    } finally {
      this.#clear();
    }
  }

  #clear(): void {
    for (const writer of this.#writers.values()) writer.reset();
    if (this.#writers.size > SCOPES_KEPT_MAX) this.#writers.clear();
    this.#spans = 0;
    this.#bytes = 0;
  }
}
