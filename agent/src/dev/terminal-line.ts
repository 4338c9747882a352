import { SpanKind } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { DB_DURATION_MS, DB_QUERY_COUNT, FINDING_EVENT, FINDING_JSON } from '../attributes.ts';

const FINDINGS_MAX = 3;
const CHARACTERS_MAX = 400;

/** `GET /orders 200 34 ms 8 queries 5.1 ms n_plus_one x8 orders.mts:31`. Undefined for what is no request. */
export function terminalLine(entry: ReadableSpan): string | undefined {
  const { attributes, kind } = entry;
  if (kind !== SpanKind.SERVER) return undefined;
  const method = attributes['http.request.method'] ?? attributes['http.method'];
  if (method === undefined) return undefined;
  const route = attributes['http.route'] ?? attributes['url.path'] ?? attributes['http.target'] ?? '';
  const status = attributes['http.response.status_code'] ?? attributes['http.status_code'] ?? '-';
  const durationMs = entry.duration[0] * 1e3 + entry.duration[1] / 1e6;
  const facts = [method, route, status, ms(durationMs), queriesOf(entry), ...findingsOf(entry)];
  return printable(
    facts
      .map((fact) => (typeof fact === 'string' || typeof fact === 'number' ? String(fact) : ''))
      .filter(Boolean)
      .join(' '),
  );
}

export function countOf(count: number, noun: string): string {
  if (count === 1) return `1 ${noun}`;
  return `${count} ${noun.endsWith('y') ? `${noun.slice(0, -1)}ies` : `${noun}s`}`;
}

function queriesOf({ attributes }: ReadableSpan): string {
  const count = Number(attributes[DB_QUERY_COUNT] ?? 0);
  const total = Number(attributes[DB_DURATION_MS] ?? 0);
  return count === 0 ? countOf(0, 'query') : `${countOf(count, 'query')} ${ms(total)}`;
}

function findingsOf({ events }: ReadableSpan): readonly string[] {
  const findings = events.filter(({ name }) => name === FINDING_EVENT);
  const shown = findings.slice(0, FINDINGS_MAX).map((event) => findingText(event.attributes?.[FINDING_JSON]));
  const rest = findings.length - shown.length;
  return rest > 0 ? [...shown, `and ${rest} more`] : shown;
}

function findingText(json: unknown): string {
  const finding: unknown = JSON.parse(String(json));
  if (typeof finding !== 'object' || finding === null) return '';
  const { kind, count, callSite, accepted } = finding as {
    readonly kind?: string;
    readonly count?: number;
    readonly accepted?: { readonly how: string };
    readonly callSite?: { readonly file: string; readonly line: number };
  };
  const label = kind === 'n_plus_one' ? 'N+1' : String(kind).replaceAll('_', ' ');
  const site = callSite === undefined ? '' : ` ${callSite.file}:${callSite.line}`;
  return `${label} x${count}${site}${accepted === undefined ? '' : ` (${accepted.how})`}`;
}

function ms(duration: number): string {
  return `${duration < 10 ? duration.toFixed(1) : Math.round(duration)} ms`;
}

/** What a client puts in a path must not steer the terminal. */
function printable(line: string): string {
  return line.replaceAll(/[^\x20-\x7E\u00A1-\uFFFF]/g, '?').slice(0, CHARACTERS_MAX);
}
