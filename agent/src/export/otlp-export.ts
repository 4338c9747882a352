import {
  ProtobufLogsSerializer,
  ProtobufMetricsSerializer,
  ProtobufTraceSerializer,
} from '@opentelemetry/otlp-transformer';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { Delivery } from './batch-queue.ts';
import type { OtlpSender } from './otlp-sender.ts';

export function deliverSpans(sender: OtlpSender): (spans: ReadableSpan[]) => Promise<Delivery> {
  return (spans) => deliver(sender, () => ProtobufTraceSerializer.serializeRequest(spans));
}

export function deliverLogs(sender: OtlpSender): (records: ReadableLogRecord[]) => Promise<Delivery> {
  return (records) => deliver(sender, () => ProtobufLogsSerializer.serializeRequest(records));
}

export function deliverMetrics(sender: OtlpSender): (metrics: ResourceMetrics) => Promise<Delivery> {
  return (metrics) => deliver(sender, () => ProtobufMetricsSerializer.serializeRequest(metrics));
}

async function deliver(sender: OtlpSender, serialise: () => Uint8Array | undefined): Promise<Delivery> {
  let body: Uint8Array | undefined;
  try {
    body = serialise();
  } catch {
    // Counted below: an item that cannot be written is lost, whatever the cause.
  }
  return body === undefined ? 'unserialisable' : await sender.send(body);
}
