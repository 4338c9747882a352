import type { Meter } from '@opentelemetry/api';
import { TraceFlags } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import { LoggerProvider } from '@opentelemetry/sdk-logs';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import type { MetricProducer } from '@opentelemetry/sdk-metrics';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { AgentConfig, Signal } from '../config.ts';
import { AGENT_VERSION } from '../resource.ts';
import { createBatchQueue } from './batch-queue.ts';
import type { BatchQueue } from './batch-queue.ts';
import { createDropCounters } from './counters.ts';
import type { DropCounters, DropReason } from './counters.ts';
import { MetricPush } from './metric-push.ts';
import { deliverLogs, deliverMetrics, deliverSpans, spanIntake } from './otlp-export.ts';
import type { Measure } from './otlp-export.ts';
import { createOtlpSender } from './otlp-sender.ts';

/** Everything between the SDK and the network, for the three signals. */
export interface ExportPipeline {
  readonly addSpan: (span: ReadableSpan) => void;
  readonly meters: MeterProvider;
  readonly loggers: LoggerProvider;
  readonly drops: Readonly<Record<'traces' | 'logs', DropCounters>>;
  readonly flush: () => Promise<void>;
  /** The process is ending: nobody is waited for twice. */
  readonly stopRetrying: () => void;
  /** Cuts what is in flight, drops and counts what waits. */
  readonly close: () => void;
}

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
  const agentName = `nightjar-agent/${AGENT_VERSION}`;
  const senders = {
    traces: createOtlpSender(config.signals.traces, agentName),
    metrics: createOtlpSender(config.signals.metrics, agentName),
    logs: createOtlpSender(config.signals.logs, agentName),
  };
  const dropsOf = (signal: Signal): DropCounters =>
    createDropCounters((reason) => warn(LOSSES[reason](signal, config.signals[signal].url)));
  const drops = { traces: dropsOf('traces'), logs: dropsOf('logs') };
  const spans = createBatchQueue(config.spanBatch, {
    deliver: deliverSpans({
      sender: senders.traces,
      resource,
      onRefused: (items) => drops.traces.drop('refused', items),
      measure,
    }),
    drops: drops.traces,
  });
  const takeSpan = spanIntake(spans, drops.traces);
  const records = createBatchQueue(config.logBatch, {
    deliver: deliverLogs(senders.logs, (items) => drops.logs.drop('refused', items)),
    drops: drops.logs,
  });
  const reader = config.signals.metrics.isOn
    ? new MetricPush(config.metricIntervalMs, deliverMetrics(senders.metrics), producers)
    : undefined;
  const meters = new MeterProvider({ resource, readers: reader === undefined ? [] : [reader] });
  reportDrops(meters.getMeter('@nightjar/agent'), drops);
  return {
    addSpan: (span) => {
      if (config.signals.traces.isOn && (span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0)
        takeSpan(span);
    },
    meters,
    loggers: createLoggers(resource, config.signals.logs.isOn ? records : undefined),
    drops,
    flush: async () => {
      await Promise.all([spans.flush(), records.flush(), reader?.forceFlush().catch(() => undefined)]);
    },
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

function createLoggers(
  resource: Resource,
  records: BatchQueue<ReadableLogRecord> | undefined,
): LoggerProvider {
  const processor = {
    onEmit: (record: ReadableLogRecord): void => records?.add(record),
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
  return new LoggerProvider({ resource, processors: records === undefined ? [] : [processor] });
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
