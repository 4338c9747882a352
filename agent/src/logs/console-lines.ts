import { format } from 'node:util';
import { isSpanContextValid, trace } from '@opentelemetry/api';
import type { AgentConfig } from '../config.ts';
import { LOG_LIMITS } from './redact-log.ts';

/** Where console lines go; the agent's own lines and those of log libraries are written past `console`. */
interface Loggers {
  readonly getLogger: (name: string) => { readonly emit: (record: object) => void };
}

const SEVERITIES = {
  trace: { severityNumber: 1, severityText: 'TRACE' },
  debug: { severityNumber: 5, severityText: 'DEBUG' },
  log: { severityNumber: 9, severityText: 'INFO' },
  info: { severityNumber: 9, severityText: 'INFO' },
  warn: { severityNumber: 13, severityText: 'WARN' },
  error: { severityNumber: 17, severityText: 'ERROR' },
} as const;
type Method = keyof typeof SEVERITIES;

/**
 * Both are asked for: `areMarked` puts trace and span id at the end of each line written inside a span, `areShipped`
 * sends each line as an OTLP log. The line itself is always written, first, by the method that was there before.
 */
export function watchConsole(
  { areMarked, areShipped }: AgentConfig['consoleLines'],
  loggers: Loggers,
): () => void {
  if (!areMarked && !areShipped) return () => undefined;
  const logger = loggers.getLogger('console');
  let isShipping = false;
  const ship = (method: Method, args: readonly unknown[]): void => {
    // What writes to the console while a line is being shipped would be shipped without end.
    if (!areShipped || isShipping) return;
    isShipping = true;
    try {
      logger.emit({ ...SEVERITIES[method], body: textOf(args), attributes: exceptionIn(args) });
    } catch {
      // An argument that cannot be written as text: the app's own line says as much.
    } finally {
      isShipping = false;
    }
  };
  const restores = (Object.keys(SEVERITIES) as Method[]).map((method) => {
    const original = console[method];
    const watched = (...args: unknown[]): void => {
      const mark = areMarked && args.length > 0 ? markOfActiveSpan() : undefined;
      original.apply(console, mark === undefined ? args : [...args, mark]);
      ship(method, args);
    };
    console[method] = watched;
    return () => {
      if (console[method] === watched) console[method] = original;
    };
  });
  return () => {
    for (const restore of restores) restore();
  };
}

function markOfActiveSpan(): string | undefined {
  const ids = trace.getActiveSpan()?.spanContext();
  return ids === undefined || !isSpanContextValid(ids)
    ? undefined
    : `trace_id=${ids.traceId} span_id=${ids.spanId}`;
}

function textOf(args: readonly unknown[]): string {
  const [first] = args;
  const text = args.length === 1 && typeof first === 'string' ? first : format(...args);
  return text.slice(0, LOG_LIMITS.bodyCharactersMax + 1);
}

function exceptionIn(args: readonly unknown[]): Record<string, string> {
  const error = args.find((arg) => arg instanceof Error);
  if (error === undefined) return {};
  return {
    'exception.type': error.name,
    'exception.message': error.message,
    ...(error.stack === undefined ? {} : { 'exception.stacktrace': error.stack }),
  };
}
