import { logs } from '@opentelemetry/api';
import { isObject } from './is-object.ts';

/** Of pino's levels, and of those between them by their place. */
const SEVERITY_STEP = 4;
const LEVEL_STEP = 10;
const SEVERITY_MAX = 24;

/** Ships the line that pino tells of. Never throws into the app's logger. */
export function shipPinoLine(message: unknown): void {
  try {
    const line = lineOf(message);
    if (line !== undefined) logs.getLogger('@nightjar/pino').emit(recordOf(line));
  } catch {
    // A line that is no JSON, by a formatter of the app: it is written as it would be, and not shipped.
  }
}

interface Line {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly level: number;
  readonly levelName: string | undefined;
  readonly messageKey: string;
  readonly errorKey: string;
}

/** What came of `asJson(object, message, level, time)`. */
function lineOf(message: unknown): Line | undefined {
  if (!isObject(message) || !('result' in message) || !('instance' in message)) return undefined;
  const { result, instance } = message;
  const args: unknown = 'arguments' in message ? message.arguments : undefined;
  if (typeof result !== 'string' || !isObject(instance) || !isObject(args)) return undefined;
  const fields: unknown = JSON.parse(result);
  const level: unknown = Reflect.get(args, 2);
  if (!isRecord(fields) || typeof level !== 'number') return undefined;
  return {
    fields,
    level,
    levelName: nameOf(instance, level),
    messageKey: settingOf(instance, 'pino.messageKey') ?? 'msg',
    errorKey: settingOf(instance, 'pino.errorKey') ?? 'err',
  };
}

function recordOf({ fields, level, levelName, messageKey, errorKey }: Line): object {
  const { time: _time, level: _level, hostname: _hostname, pid: _pid, ...rest } = fields;
  const { trace_id: _trace, span_id: _span, trace_flags: _flags, ...named } = rest;
  const { [messageKey]: body, [errorKey]: exception, ...attributes } = named;
  const now = Date.now();
  return {
    timestamp: now,
    observedTimestamp: now,
    severityNumber: severityOf(level),
    ...(levelName === undefined ? {} : { severityText: levelName }),
    body,
    attributes,
    ...(exception === undefined ? {} : { exception: namedError(exception) }),
  };
}

/** 10, trace, is 1; 20 is 5; 60, fatal, is 21. */
function severityOf(level: number): number {
  const severity = 1 + Math.floor(((level - LEVEL_STEP) / LEVEL_STEP) * SEVERITY_STEP);
  return Math.min(SEVERITY_MAX, Math.max(1, severity));
}

/** Pino writes the class of an error as `type`. */
function namedError(exception: unknown): unknown {
  if (!isRecord(exception) || typeof exception['type'] !== 'string' || 'name' in exception) return exception;
  return { ...exception, name: exception['type'] };
}

function nameOf(instance: object, level: number): string | undefined {
  const levels: unknown = Reflect.get(instance, 'levels');
  const labels: unknown = isObject(levels) ? Reflect.get(levels, 'labels') : undefined;
  const name: unknown = isObject(labels) ? Reflect.get(labels, level) : undefined;
  return typeof name === 'string' ? name : undefined;
}

/** A logger keeps its settings under symbols of its copy of pino, in one of its prototypes where it is a child. */
const symbols = new Map<string, symbol>();

function settingOf(instance: object, description: string): string | undefined {
  const known = symbols.get(description);
  const value: unknown = known === undefined ? undefined : Reflect.get(instance, known);
  if (typeof value === 'string') return value;
  for (let holder: object | null = instance; holder !== null; holder = prototypeOf(holder)) {
    const symbol = Object.getOwnPropertySymbols(holder).find((one) => one.description === description);
    const found: unknown = symbol === undefined ? undefined : Reflect.get(holder, symbol);
    if (symbol === undefined || typeof found !== 'string') continue;
    // That of the copy seen last: an app has one as a rule.
    symbols.set(description, symbol);
    return found;
  }
  return undefined;
}

function prototypeOf(holder: object): object | null {
  const prototype: unknown = Object.getPrototypeOf(holder);
  return isObject(prototype) ? prototype : null;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return isObject(value) && !Array.isArray(value);
}
