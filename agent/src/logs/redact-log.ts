import type { AnyValue } from '@opentelemetry/api';

/**
 * What of a log line may leave the process: values under names that hold secrets are blanked, at any depth; query values
 * and credentials go out of URLs; bearer tokens out of any text; and the whole is held to a size. Never throws: a
 * value whose getter does is blanked.
 */
export interface LogLimits {
  readonly bodyCharactersMax: number;
  readonly valueCharactersMax: number;
  readonly attributesMax: number;
  readonly itemsMax: number;
  readonly depthMax: number;
}

export const LOG_LIMITS: LogLimits = {
  bodyCharactersMax: 16_384,
  valueCharactersMax: 4_096,
  attributesMax: 64,
  itemsMax: 64,
  depthMax: 5,
};
const BLANKED = '[redacted]';
const SECRET =
  /(?:^|[._\s-])(?:authorization|cookie|set-cookie|x-api-key)$|pass(?:word|wd|phrase)|secret|api[_-]?key|private[_-]?key|credential|(?:^|[._-])(?:access|refresh|id|auth|session|csrf|bearer)?[_-]?token$|(?:access|refresh|auth|session|id)token$/i;
/** Counts and kinds of tokens are no secrets. */
const NO_SECRET = /(?:count|length|total|limit|type|expires?(?:_?(?:at|in))?)$/i;
const CREDENTIALS = /\b([a-z][a-z0-9+.-]{1,20}:\/\/)[^/@?#\s]{1,200}@/gi;
const QUERY = /\b(https?:\/\/[^\s?#"'<>]{1,2000}\?)([^\s#"'<>]{1,4000})/gi;
const BEARER = /\b(bearer|basic)\s+[a-z0-9._~+/=-]{8,}/gi;

export function redactText(text: string, charactersMax: number): string {
  const short = text.length <= charactersMax ? text : `${text.slice(0, charactersMax - 3)}...`;
  // Most lines hold neither an address nor a token.
  if (!short.includes('://') && !/bearer|basic/i.test(short)) return short;
  return short
    .replace(CREDENTIALS, '$1')
    .replace(QUERY, (_, start: string, query: string) => start + query.replaceAll(/=[^&]*/g, '='))
    .replace(BEARER, `$1 ${BLANKED}`);
}

export function isSecretName(name: string): boolean {
  return SECRET.test(name) && !NO_SECRET.test(name);
}

export function redactValue(value: unknown, limits: LogLimits, depth = 0): AnyValue {
  if (typeof value === 'string') return redactText(value, limits.valueCharactersMax);
  if (typeof value === 'number' || typeof value === 'boolean' || value === null || value === undefined)
    return value;
  if (value instanceof Uint8Array) return value.subarray(0, limits.valueCharactersMax);
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object') return `[${typeof value}]`;
  if (depth >= limits.depthMax) return '[...]';
  if (Array.isArray(value))
    return value.slice(0, limits.itemsMax).map((item) => redactValue(item, limits, depth + 1));
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (value instanceof Error) return errorText(value, limits);
  return redactFields(value, { limits, depth, fieldsMax: limits.itemsMax });
}

interface FieldRules {
  readonly limits: LogLimits;
  readonly depth: number;
  readonly fieldsMax: number;
}

export function redactFields(
  fields: object,
  { limits, depth, fieldsMax }: FieldRules,
): Record<string, AnyValue> {
  const redacted: Record<string, AnyValue> = {};
  for (const name of Object.keys(fields).slice(0, fieldsMax)) {
    if (isSecretName(name)) redacted[name] = BLANKED;
    else {
      try {
        redacted[name] = redactValue(Reflect.get(fields, name), limits, depth + 1);
      } catch {
        redacted[name] = '[unreadable]';
      }
    }
  }
  return redacted;
}

function errorText(error: Error, { valueCharactersMax }: LogLimits): string {
  return redactText(error.stack ?? `${error.name}: ${error.message}`, valueCharactersMax);
}
