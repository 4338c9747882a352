import type { Meter } from '@opentelemetry/api';
import { TraceFlags } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import { ProtobufLogsSerializer } from '@opentelemetry/otlp-transformer';
import { LoggerProvider } from '@opentelemetry/sdk-logs';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import type { MetricProducer, ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { AgentConfig, Signal, SignalConfig } from '../config.ts';
import type { Letter } from '../lifecycle/send-at-once.ts';
import { AGENT_VERSION } from '../resource.ts';
import { logIntake } from '../logs/log-intake.ts';
import { PullReader } from '../metrics/pull-reader.ts';
import { createBatchQueue } from './batch-queue.ts';
import type { BatchQueue } from './batch-queue.ts';
import { createDropCounters } from './counters.ts';
import type { DropCounters, DropReason } from './counters.ts';
import { MetricPush } from './metric-push.ts';
import { deliverLogs, deliverMetrics, deliverSpans } from './otlp-export.ts';
import type { Measure } from './otlp-export.ts';
import { createOtlpSender } from './otlp-sender.ts';
import { createSpanQueue } from './span-queue.ts';

/** Everything between the SDK and the network, for the three signals. */
export interface ExportPipeline {
  readonly addSpan: (span: ReadableSpan) => void;
  readonly meters: MeterProvider;
  readonly loggers: LoggerProvider;
  readonly drops: Readonly<Record<'traces' | 'logs', DropCounters>>;
  readonly flush: () => Promise<void>;
  /** For whoever scrapes. Undefined when nobody is to. */
  readonly collect: () => Promise<ResourceMetrics | undefined>;
  /** What waits, written now: nothing of it is sent by anybody else. */
  readonly takeLetters: () => Letter[];
  /** The process is ending: nobody is waited for twice. */
  readonly stopRetrying: () => void;
  /** Cuts what is in flight, drops and counts what waits. */
  readonly close: () => void;
}

const AGENT_NAME = `nightjar-agent/${AGENT_VERSION}`;

export interface PipelineOptions {
  readonly config: AgentConfig;
  readonly resource: Resource;
  readonly warn: (sentence: string) => void;
  /** Metrics that are none of the SDK's. */
  readonly producers?: readonly MetricProducer[];
  readonly measure?: Measure;
}

export function createPipeline({
  config,
  resource,
  warn,
  producers = [],
  measure,
}: PipelineOptions): ExportPipeline {
  const senders = {
    traces: createOtlpSender(config.signals.traces, AGENT_NAME),
    metrics: createOtlpSender(config.signals.metrics, AGENT_NAME),
    logs: createOtlpSender(config.signals.logs, AGENT_NAME),
  };
  const dropsOf = (signal: Signal): DropCounters =>
    createDropCounters((reason) => warn(LOSSES[reason](signal, config.signals[signal].url)));
  const drops = { traces: dropsOf('traces'), logs: dropsOf('logs') };
  const spans = createSpanQueue(config.spanBatch, {
    resource,
    deliver: deliverSpans(senders.traces, (items) => drops.traces.drop('refused', items)),
    drops: drops.traces,
    measure,
  });
  const records = createBatchQueue(config.logBatch, {
    deliver: deliverLogs(senders.logs, (items) => drops.logs.drop('refused', items)),
    drops: drops.logs,
  });
  const reader = config.signals.metrics.isOn
    ? new MetricPush(config.metricIntervalMs, deliverMetrics(senders.metrics), producers)
    : undefined;
  const pull = config.metricsAddress === undefined ? undefined : new PullReader();
  const readers = [reader, pull].filter((one) => one !== undefined);
  const meters = new MeterProvider({ resource, readers });
  reportDrops(meters.getMeter('@nightjar/agent'), drops);
  return {
    addSpan: (span) => {
      if (config.signals.traces.isOn && (span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0)
        spans.add(span);
    },
    meters,
    loggers: createLoggers(resource, config.signals.logs.isOn ? records : undefined, drops.logs),
    drops,
    flush: async () => {
      await Promise.all([spans.flush(), records.flush(), reader?.forceFlush().catch(() => undefined)]);
    },
    collect: async () => (await pull?.collect())?.resourceMetrics,
    takeLetters: () => [
      ...[...senders.traces.unsent(), ...spans.take()].map((body) => letterOf(config.signals.traces, body)),
      ...senders.logs.unsent().map((body) => letterOf(config.signals.logs, body)),
      ...lettersOf(config.signals.logs, records),
    ],
    stopRetrying: () => {
      for (const sender of Object.values(senders)) sender.stopRetrying();
    },
    close: () => {
      reader?.stop();
      spans.close();
      records.close();
      for (const sender of Object.values(senders)) sender.close();
    },
  };
}

function lettersOf(signal: SignalConfig, queue: BatchQueue<ReadableLogRecord>): Letter[] {
  const records = queue.take();
  if (records.length === 0) return [];
  try {
    const body = ProtobufLogsSerializer.serializeRequest(records);
    return body === undefined ? [] : [letterOf(signal, body)];
  } catch {
    return [];
  }
}

function letterOf({ url, headers, isGzip }: SignalConfig, body: Uint8Array): Letter {
  const written = {
    'content-type': 'application/x-protobuf',
    'user-agent': AGENT_NAME,
    ...(isGzip ? { 'content-encoding': 'gzip' } : {}),
  };
  return { url, isGzip, body, headers: { ...headers, ...written } };
}

function createLoggers(
  resource: Resource,
  records: BatchQueue<ReadableLogRecord> | undefined,
  drops: DropCounters,
): LoggerProvider {
  const processors =
    records === undefined ? [] : [logIntake(records.add, () => drops.drop('unserialisable', 1))];
  return new LoggerProvider({ resource, processors });
}

/** The agent's losses are a metric too, so that the dashboard can show them once the collector is back. */
function reportDrops(meter: Meter, drops: ExportPipeline['drops']): void {
  const counter = meter.createObservableCounter('nightjar.agent.dropped', {
    unit: '{item}',
    description: 'Spans and log records that never reached the collector',
  });
  counter.addCallback((result) => {
    for (const [signal, counters] of Object.entries(drops)) {
      for (const [reason, items] of counters.totals()) result.observe(items, { signal, reason });
    }
  });
}

const LOSSES: Readonly<Record<DropReason, (signal: Signal, url: string) => string>> = {
  unreachable: (signal, url) =>
    `${signal} could not be delivered to ${url}: is the collector running? What is dropped is counted; the app is not affected`,
  rejected: (signal, url) =>
    `the collector at ${url} refused ${signal}: check OTEL_EXPORTER_OTLP_ENDPOINT and OTEL_EXPORTER_OTLP_HEADERS`,
  refused: (signal, url) => `the collector at ${url} took only a part of some ${signal}; its log says why`,
  queue_full: (signal, url) =>
    `${signal} arrive faster than ${url} takes them: raise OTEL_BSP_MAX_QUEUE_SIZE or sample with OTEL_TRACES_SAMPLER`,
  shutdown: (signal, url) => `${signal} were still waiting for ${url} when the process ended`,
  unserialisable: (signal) => `${signal} could not be written as OTLP and were dropped`,
};
