import { createSettingReader } from './settings.ts';
import type { Environment, SettingReader } from './settings.ts';

export interface AgentOptions {
  readonly serviceName?: string;
  readonly serviceVersion?: string;
  /** Base address of the collector: `/v1/traces`, `/v1/metrics` and `/v1/logs` are added to it. */
  readonly endpoint?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly resourceAttributes?: Readonly<Record<string, string>>;
  /** Names from the table in the README that stay off. */
  readonly disabledInstrumentations?: readonly string[];
}

export type LogLevel = 'none' | 'error' | 'warn' | 'info' | 'debug';
export type SamplerName = (typeof SAMPLERS)[number];
export type Signal = 'traces' | 'metrics' | 'logs';

export interface SignalConfig {
  readonly isOn: boolean;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly isGzip: boolean;
}

export interface BatchLimits {
  readonly delayMs: number;
  readonly queueItemsMax: number;
  readonly batchItemsMax: number;
}

export interface AgentConfig {
  readonly isDisabled: boolean;
  /** Undefined when nothing names it: the app's package.json then does. */
  readonly serviceName: string | undefined;
  readonly serviceVersion: string | undefined;
  readonly environmentName: string | undefined;
  readonly resourceAttributes: Readonly<Record<string, string>>;
  readonly signals: Readonly<Record<Signal, SignalConfig>>;
  readonly sampler: { readonly name: SamplerName; readonly ratio: number };
  /** A request as long as this is exported whatever the sampler said. */
  readonly slowRequestMs: number;
  /** 0: no limit. */
  readonly routeLimitPerMinute: number;
  /** Never in production, whatever else is set. */
  readonly isDev: boolean;
  readonly isDevPanelOn: boolean;
  /** Of one thread's time that the agent may take before it sheds detail. */
  readonly budgetPercent: number;
  /** Where the doctor that runs this app wants its report. */
  readonly doctorDirectory: string | undefined;
  readonly spanBatch: BatchLimits;
  readonly logBatch: BatchLimits;
  readonly metricIntervalMs: number;
  readonly disabledInstrumentations: ReadonlySet<string>;
  readonly logLevel: LogLevel;
  /** Where the agent's own metrics can be scraped. Undefined: nowhere. */
  readonly metricsAddress: { readonly host: string; readonly port: number } | undefined;
  readonly consoleLines: { readonly areShipped: boolean; readonly areMarked: boolean };
  /** Whether the agent listens to a SIGTERM that nobody else listens to. */
  readonly isTerminationFollowed: boolean;
}

export interface LoadedConfig {
  readonly config: AgentConfig;
  readonly warnings: readonly string[];
}

const DEFAULT_ENDPOINT = 'http://127.0.0.1:4318';
const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;
const LOG_LEVELS: readonly LogLevel[] = ['none', 'error', 'warn', 'info', 'debug'];

/** Options in code win over the environment. */
export function loadConfig(options: AgentOptions = {}, env: Environment = process.env): LoadedConfig {
  const read = createSettingReader(env);
  warnOfPropagators(read);
  const { 'service.name': namedService, ...attributes } = read.pairs('OTEL_RESOURCE_ATTRIBUTES');
  const resourceAttributes = { ...attributes, ...options.resourceAttributes };
  const config: AgentConfig = {
    isDisabled: read.flag('OTEL_SDK_DISABLED', false),
    serviceName: options.serviceName ?? read.text('OTEL_SERVICE_NAME') ?? namedService,
    serviceVersion: options.serviceVersion ?? resourceAttributes['service.version'],
    environmentName: read.text('NODE_ENV'),
    resourceAttributes,
    signals: {
      traces: signalConfig(read, 'traces', options),
      metrics: signalConfig(read, 'metrics', options),
      logs: signalConfig(read, 'logs', options),
    },
    sampler: readSampler(read),
    slowRequestMs: read.whole('NIGHTJAR_SLOW_REQUEST_MS', { min: 1, max: 86_400_000, fallback: 2_000 }),
    routeLimitPerMinute: read.whole('NIGHTJAR_ROUTE_LIMIT_PER_MINUTE', {
      min: 0,
      max: 10_000_000,
      fallback: 0,
    }),
    ...readDev(read),
    budgetPercent: read.whole('NIGHTJAR_BUDGET_PERCENT', { min: 1, max: 100, fallback: 10 }),
    doctorDirectory: read.text('NIGHTJAR_DOCTOR_DIR'),
    spanBatch: readBatch(read, 'OTEL_BSP'),
    logBatch: readBatch(read, 'OTEL_BLRP'),
    metricIntervalMs: read.whole('OTEL_METRIC_EXPORT_INTERVAL', {
      min: 100,
      max: 86_400_000,
      fallback: 10_000,
    }),
    disabledInstrumentations: new Set([
      ...(read.flag('NIGHTJAR_PROM_CLIENT', true) ? [] : ['prom-client']),
      ...(options.disabledInstrumentations ?? []),
      ...(read.text('OTEL_NODE_DISABLED_INSTRUMENTATIONS')?.split(',') ?? []).map((name) => name.trim()),
    ]),
    logLevel: readLogLevel(read),
    metricsAddress: readMetricsAddress(read),
    consoleLines: {
      areShipped: read.flag('NIGHTJAR_CONSOLE_LOGS', false),
      areMarked: read.flag('NIGHTJAR_CONSOLE_TRACE_IDS', false),
    },
    isTerminationFollowed: read.flag('NIGHTJAR_FLUSH_ON_SIGTERM', true),
  };
  return { config, warnings: read.warnings };
}

/** What a process that we start inherits. */
export function childEnvironment(): Environment {
  return process.env;
}

function readDev(read: SettingReader): Pick<AgentConfig, 'isDev' | 'isDevPanelOn'> {
  const environment = read.text('NODE_ENV');
  const isAsked = read.flag('NIGHTJAR_DEV', environment === 'development');
  const isDev = isAsked && environment !== 'production';
  return { isDev, isDevPanelOn: read.flag('NIGHTJAR_DEV_PANEL', false) && isDev };
}

/** Bytes cost nothing to a collector on the same machine, and to compress a span costs as much as to write it. */
function isLoopback(url: string): boolean {
  const host = URL.parse(url)?.hostname ?? '';
  return host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function signalConfig(read: SettingReader, signal: Signal, options: AgentOptions): SignalConfig {
  const upper = signal.toUpperCase();
  const base = options.endpoint ?? read.url('OTEL_EXPORTER_OTLP_ENDPOINT') ?? DEFAULT_ENDPOINT;
  const url = read.url(`OTEL_EXPORTER_OTLP_${upper}_ENDPOINT`) ?? `${base.replace(/\/+$/, '')}/v1/${signal}`;
  const timeoutRange = { min: 1, max: 600_000 };
  const compressions = ['gzip', 'none'] as const;
  const commonCompression = read.oneOf('OTEL_EXPORTER_OTLP_COMPRESSION', {
    choices: compressions,
    fallback: isLoopback(url) ? 'none' : 'gzip',
  });
  const commonProtocol = read.oneOf('OTEL_EXPORTER_OTLP_PROTOCOL', PROTOCOL);
  read.oneOf(`OTEL_EXPORTER_OTLP_${upper}_PROTOCOL`, { ...PROTOCOL, fallback: commonProtocol });
  return {
    isOn: read.oneOf(`OTEL_${upper}_EXPORTER`, { choices: ['otlp', 'none'], fallback: 'otlp' }) === 'otlp',
    url,
    headers: {
      ...read.pairs('OTEL_EXPORTER_OTLP_HEADERS'),
      ...read.pairs(`OTEL_EXPORTER_OTLP_${upper}_HEADERS`),
      ...options.headers,
    },
    timeoutMs: read.whole(`OTEL_EXPORTER_OTLP_${upper}_TIMEOUT`, {
      ...timeoutRange,
      fallback: read.whole('OTEL_EXPORTER_OTLP_TIMEOUT', { ...timeoutRange, fallback: 10_000 }),
    }),
    isGzip:
      read.oneOf(`OTEL_EXPORTER_OTLP_${upper}_COMPRESSION`, {
        choices: compressions,
        fallback: commonCompression,
      }) === 'gzip',
  };
}

/** A caller whose trace is silently not continued costs its reader an afternoon. */
function warnOfPropagators(read: SettingReader): void {
  const named = (read.text('OTEL_PROPAGATORS') ?? '').split(',').map((name) => name.trim().toLowerCase());
  const unknown = named.filter((name) => !['', 'tracecontext', 'baggage'].includes(name));
  if (unknown.length > 0)
    read.warn(
      `OTEL_PROPAGATORS=${unknown.join(',')} is not supported; tracecontext and baggage are read and sent`,
    );
}

const PROTOCOL = { choices: ['http/protobuf'], fallback: 'http/protobuf' } as const;

function readSampler(read: SettingReader): AgentConfig['sampler'] {
  const name = read.oneOf('OTEL_TRACES_SAMPLER', { choices: SAMPLERS, fallback: 'parentbased_always_on' });
  const argument = read.text('OTEL_TRACES_SAMPLER_ARG');
  if (argument === undefined || !name.endsWith('traceidratio')) return { name, ratio: 1 };
  const ratio = Number(argument);
  if (ratio >= 0 && ratio <= 1) return { name, ratio };
  read.warn(`OTEL_TRACES_SAMPLER_ARG=${argument} is not a number from 0 to 1; using 1`);
  return { name, ratio: 1 };
}

// One second, not the specification's five: a crashing process loses what waits in the batch.
function readBatch(read: SettingReader, prefix: 'OTEL_BSP' | 'OTEL_BLRP'): BatchLimits {
  const queueItemsMax = read.whole(`${prefix}_MAX_QUEUE_SIZE`, { min: 1, max: 1_000_000, fallback: 8_192 });
  const batchItemsMax = read.whole(`${prefix}_MAX_EXPORT_BATCH_SIZE`, {
    min: 1,
    max: 100_000,
    // Spans wait as bytes, so a request of many is as cheap to hold as several of few, and cheaper to send.
    fallback: prefix === 'OTEL_BSP' ? 2_048 : 512,
  });
  return {
    delayMs: read.whole(`${prefix}_SCHEDULE_DELAY`, { min: 1, max: 600_000, fallback: 1_000 }),
    queueItemsMax,
    batchItemsMax: Math.min(batchItemsMax, queueItemsMax),
  };
}

/** Either name of the port will do: ours, or the one that OpenTelemetry's Prometheus exporter has. */
function readMetricsAddress(read: SettingReader): AgentConfig['metricsAddress'] {
  const name = ['NIGHTJAR_METRICS_PORT', 'OTEL_EXPORTER_PROMETHEUS_PORT'].find(
    (candidate) => read.text(candidate) !== undefined,
  );
  if (name === undefined) return undefined;
  const port = Number(read.text(name));
  if (!(Number.isInteger(port) && port >= 0 && port <= 65_535)) {
    read.warn(`${name}=${read.text(name)} is not a port from 0 to 65535; own metrics are not served`);
    return undefined;
  }
  const host = read.text('NIGHTJAR_METRICS_HOST') ?? read.text('OTEL_EXPORTER_PROMETHEUS_HOST');
  return { port, host: host ?? '127.0.0.1' };
}

function readLogLevel(read: SettingReader): LogLevel {
  const choices = [...LOG_LEVELS, 'all', 'verbose'] as const;
  const level = read.oneOf('OTEL_LOG_LEVEL', { choices, fallback: 'warn' });
  return level === 'all' || level === 'verbose' ? 'debug' : level;
}
