import {
  ProtobufLogsSerializer,
  ProtobufMetricsSerializer,
  ProtobufTraceSerializer,
} from '@opentelemetry/otlp-transformer';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import type { Delivery } from './batch-queue.ts';
import type { OnReply, OtlpSender } from './otlp-sender.ts';

/** Told how long a step takes. */
export type Measure = <Result>(step: () => Result) => Result;

/** Items that the collector took only in part are counted by the call that learns it. */
export type OnRefused = (items: number) => void;

export function deliverSpans(
  sender: OtlpSender,
  onRefused: OnRefused,
): (body: Uint8Array) => Promise<Delivery> {
  const onReply = (reply: Buffer): void => {
    const { partialSuccess } = ProtobufTraceSerializer.deserializeResponse(reply);
    onRefused(partialSuccess?.rejectedSpans ?? 0);
  };
  return (body) => deliver(sender, () => body, onReply);
}

export function deliverLogs(
  sender: OtlpSender,
  onRefused: OnRefused,
): (records: ReadableLogRecord[]) => Promise<Delivery> {
  const onReply = (reply: Buffer): void => {
    const { partialSuccess } = ProtobufLogsSerializer.deserializeResponse(reply);
    onRefused(partialSuccess?.rejectedLogRecords ?? 0);
  };
  return (records) => deliver(sender, () => ProtobufLogsSerializer.serializeRequest(records), onReply);
}

export function deliverMetrics(sender: OtlpSender): (metrics: ResourceMetrics) => Promise<Delivery> {
  return (metrics) => deliver(sender, () => ProtobufMetricsSerializer.serializeRequest(metrics));
}

async function deliver(
  sender: OtlpSender,
  serialise: () => Uint8Array | undefined,
  onReply?: OnReply,
): Promise<Delivery> {
  let body: Uint8Array | undefined;
  try {
    body = serialise();
  } catch {
    // Counted by the caller: an item that cannot be written is lost, whatever the cause.
  }
  return body === undefined
    ? 'unserialisable'
    : await sender.send(body, (reply) => ignoringNonsense(reply, onReply));
}

/** A reply that is no protobuf comes from a proxy; the status has been the answer. */
function ignoringNonsense(reply: Buffer, onReply: OnReply | undefined): void {
  if (reply.length === 0) return;
  try {
    onReply?.(reply);
  } catch {
    // Nothing was said about refused items.
  }
}
