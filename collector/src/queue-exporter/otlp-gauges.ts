import {
  QUEUE_DEPTH_METRIC,
  QUEUE_FAILED_METRIC,
  QUEUE_IN_FLIGHT_METRIC,
  QUEUE_OLDEST_AGE_METRIC,
} from '@nightjar/agent/attributes';
import type { QueueReading } from './reading.ts';

export interface Destination {
  /** Of `/v1/metrics`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly service: string;
  readonly version: string;
}

const TIMEOUT_MS = 10_000;

/** Undefined when they were taken, else why not. Any OTLP receiver over HTTP takes this. */
export async function sendReadings(
  readings: readonly QueueReading[],
  { destination, nowMs }: { readonly destination: Destination; readonly nowMs: number },
): Promise<string | undefined> {
  try {
    const response = await fetch(destination.url, {
      method: 'POST',
      headers: { ...destination.headers, 'content-type': 'application/json' },
      body: JSON.stringify(metricsOf(readings, { destination, nowMs })),
      signal: AbortSignal.timeout(TIMEOUT_MS),
      redirect: 'error',
    });
    await response.arrayBuffer();
    return response.ok ? undefined : `${destination.url} answered ${response.status}`;
  } catch (error) {
    return `${destination.url} cannot be reached: ${reasonOf(error)}`;
  }
}

const GAUGES = [
  { key: 'depth', name: QUEUE_DEPTH_METRIC, unit: '{job}' },
  { key: 'oldestAgeMs', name: QUEUE_OLDEST_AGE_METRIC, unit: 'ms' },
  { key: 'inFlight', name: QUEUE_IN_FLIGHT_METRIC, unit: '{job}' },
  { key: 'failed', name: QUEUE_FAILED_METRIC, unit: '{job}' },
] as const;

/** OTLP/JSON, https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding */
export function metricsOf(
  readings: readonly QueueReading[],
  { destination: { service, version }, nowMs }: { readonly destination: Destination; readonly nowMs: number },
): object {
  const timeUnixNano = `${BigInt(Math.trunc(nowMs)) * 1_000_000n}`;
  const metrics = GAUGES.map(({ key, name, unit }) => ({
    name,
    unit,
    gauge: {
      dataPoints: readings.flatMap((reading) => {
        const value = reading[key];
        return value === undefined || !Number.isFinite(value)
          ? []
          : [{ timeUnixNano, asDouble: value, attributes: attributesOf(reading) }];
      }),
    },
  })).filter(({ gauge }) => gauge.dataPoints.length > 0);
  return {
    resourceMetrics: [
      {
        resource: { attributes: [attribute('service.name', service)] },
        scopeMetrics: [{ scope: { name: 'nightjar-queues', version }, metrics }],
      },
    ],
  };
}

function attributesOf({ system, queue, virtualHost }: QueueReading): object[] {
  return [
    attribute('messaging.destination.name', queue),
    attribute('messaging.system', system),
    ...(virtualHost === undefined || virtualHost === '/'
      ? []
      : [attribute('messaging.rabbitmq.virtual_host', virtualHost)]),
  ];
}

function attribute(key: string, value: string): object {
  return { key, value: { stringValue: value } };
}

export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.cause.message !== '' ? error.cause.message : error.message;
}
