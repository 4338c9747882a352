import { version } from '../package-paths.ts';
import type { QueuesOptions } from './arguments.ts';
import type { Destination } from './otlp-gauges.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const DEFAULT_ENDPOINT = 'http://127.0.0.1:4318';

/** Options win over the environment, which is read as any OpenTelemetry exporter reads it. */
export function destinationOf(
  { collector, key }: Pick<QueuesOptions, 'collector' | 'key'>,
  env: Environment = process.env,
): Destination {
  const base = collector ?? filled(env['OTEL_EXPORTER_OTLP_ENDPOINT']) ?? DEFAULT_ENDPOINT;
  const whole = collector === undefined ? filled(env['OTEL_EXPORTER_OTLP_METRICS_ENDPOINT']) : undefined;
  return {
    url: whole ?? `${base.replace(/\/+$/, '')}/v1/metrics`,
    headers: {
      ...pairsOf(env['OTEL_EXPORTER_OTLP_HEADERS']),
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    },
    service: filled(env['OTEL_SERVICE_NAME']) ?? 'nightjar-queues',
    version,
  };
}

function filled(value: string | undefined): string | undefined {
  return value === undefined || value.trim() === '' ? undefined : value.trim();
}

function pairsOf(value: string | undefined): Record<string, string> {
  const pairs: Record<string, string> = {};
  for (const part of (value ?? '').split(',')) {
    const equals = part.indexOf('=');
    if (equals < 1) continue;
    try {
      pairs[part.slice(0, equals).trim()] = decodeURIComponent(part.slice(equals + 1).trim());
    } catch {
      // Not percent-encoded as the specification asks: taken as it stands.
      pairs[part.slice(0, equals).trim()] = part.slice(equals + 1).trim();
    }
  }
  return pairs;
}
