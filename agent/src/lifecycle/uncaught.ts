import { inspect } from 'node:util';
import { SpanStatusCode, logs, trace } from '@opentelemetry/api';
import type { Attributes, Span } from '@opentelemetry/api';

/**
 * Records errors that nobody caught: an event on the span that was active and on its request's entry span, and a log record.
 * It only listens: `uncaughtExceptionMonitor` takes nothing from Node's or the app's own handling, and a listener
 * of `unhandledRejection` is kept only while the app has one, because a first one would count as handling it.
 */
export interface UncaughtWatch {
  /** The process ends now: spans that an uncaught error broke off are ended, so that they can be sent. */
  readonly endBroken: () => void;
  /** The app has outlived them. */
  readonly forget: () => void;
  readonly stop: () => void;
}

export interface UncaughtPorts {
  /** The first span of the request that this one is part of. */
  readonly entryOf: (span: Span) => Span | undefined;
}

const TEXT_CHARACTERS_MAX = 8_192;
/** An app that survives its errors may have thousands: the last is what a dying one died of. */
const RECORDS_PER_PROCESS_MAX = 1_000;
const UNCAUGHT = { severityNumber: 21, severityText: 'FATAL', eventName: 'nightjar.uncaught_exception' };
const UNHANDLED = { severityNumber: 17, severityText: 'ERROR', eventName: 'nightjar.unhandled_rejection' };

export function watchUncaught({ entryOf }: UncaughtPorts): UncaughtWatch {
  let broken: readonly Span[] = [];
  let last: unknown;
  let records = 0;

  const record = (error: unknown, isDeadly: boolean): void => {
    try {
      if (
        (typeof error === 'object' && error !== null && error === last) ||
        records >= RECORDS_PER_PROCESS_MAX
      )
        return;
      last = error;
      records++;
      const active = trace.getActiveSpan();
      const entry = active === undefined ? undefined : entryOf(active);
      const hit = [...new Set([active, entry])].filter((span) => span !== undefined);
      if (isDeadly) broken = hit;
      const attributes = exceptionOf(error);
      for (const span of hit) {
        span.addEvent('exception', { ...attributes, 'exception.escaped': true });
        span.setStatus({ code: SpanStatusCode.ERROR });
      }
      logs.getLogger('@nightjar/agent').emit({
        ...(isDeadly ? UNCAUGHT : UNHANDLED),
        body: `${isDeadly ? 'Uncaught exception' : 'Unhandled rejection'}: ${headlineOf(attributes)}`,
        attributes,
      });
    } catch {
      // A getter of the app's error threw. The process must end for its own reason, not for ours.
    }
  };

  const onMonitor = (error: unknown): void => record(error, true);
  process.on('uncaughtExceptionMonitor', onMonitor);
  const stopRejections = besideOwnListeners('unhandledRejection', (reason) => record(reason, false));
  return {
    endBroken: () => {
      for (const span of broken) span.end();
      broken = [];
    },
    forget: () => {
      broken = [];
    },
    stop: () => {
      process.off('uncaughtExceptionMonitor', onMonitor);
      stopRejections();
    },
  };
}

/** Before the app's listeners of an event, and only while it has any. */
function besideOwnListeners(event: 'unhandledRejection', listener: (reason: unknown) => void): () => void {
  let isOurs = false;
  const onAdded = (name: string | symbol, added: unknown): void => {
    if (name !== event || added === listener || isOurs) return;
    isOurs = true;
    process.prependListener(event, listener);
  };
  const onRemoved = (name: string | symbol): void => {
    if (name !== event || !isOurs || process.listenerCount(event) > 1) return;
    isOurs = false;
    process.off(event, listener);
  };
  process.on('newListener', onAdded);
  process.on('removeListener', onRemoved);
  if (process.listenerCount(event) > 0) onAdded(event, undefined);
  return () => {
    process.off('newListener', onAdded);
    process.off('removeListener', onRemoved);
    process.off(event, listener);
  };
}

function exceptionOf(error: unknown): Attributes {
  if (!(error instanceof Error))
    return { 'exception.type': typeof error, 'exception.message': cut(textOf(error)) };
  return {
    'exception.type': error.name,
    'exception.message': cut(error.message),
    ...(typeof error.stack === 'string' ? { 'exception.stacktrace': cut(error.stack) } : {}),
  };
}

function textOf(thrown: unknown): string {
  return typeof thrown === 'string' ? thrown : inspect(thrown, { depth: 0, breakLength: Infinity });
}

function headlineOf(attributes: Attributes): string {
  return `${String(attributes['exception.type'])}: ${String(attributes['exception.message'])}`;
}

function cut(text: string): string {
  return text.length <= TEXT_CHARACTERS_MAX ? text : `${text.slice(0, TEXT_CHARACTERS_MAX - 3)}...`;
}
