import { z } from 'zod';
import type { LogRecord, LogSearch, ResponseOf } from '../contract/index.ts';
import type { Query } from '../storage/types.ts';
import { and, during, windowOf, windowParams } from './sql.ts';
import { resolveRange, type QueryContext } from './time.ts';

/** Log records, newest first. With a trace id the range is left aside. */
export async function listLogs(
  { storage, nowMs }: QueryContext,
  search: LogSearch,
): Promise<ResponseOf<'logs'>> {
  const rows = await storage.query(logsQuery, {
    ...windowOf(resolveRange(search, nowMs), search.environment),
    service: search.service,
    traceId: search.traceId?.toLowerCase(),
    minSeverity: search.minSeverity,
    words: wordsOf(search.q ?? ''),
    rows: search.limit + 1,
  });
  return { logs: rows.slice(0, search.limit).map(logOf), isPartial: rows.length > search.limit };
}

const wordsMax = 10;
const noTrace = '0'.repeat(32);
const noSpan = '0'.repeat(16);

function wordsOf(text: string): string[] {
  return text.split(/\s+/).filter(Boolean).slice(0, wordsMax);
}

function logOf(row: z.infer<typeof logRow>): LogRecord {
  return {
    timeUnixNano: row.time_ns,
    timeMs: Number(BigInt(row.time_ns) / 1_000n) / 1_000,
    service: row.service,
    severityNumber: row.severity_number,
    severityText: row.severity_text,
    body: row.body,
    traceId: row.trace_id === noTrace ? '' : row.trace_id,
    spanId: row.span_id === noSpan ? '' : row.span_id,
    attributes: Object.fromEntries([
      ...Object.entries(row.attributes_number).filter(
        (entry): entry is [string, number] => entry[1] !== null,
      ),
      ...Object.entries(row.attributes_bool),
      ...Object.entries(row.attributes_string),
      ...(row.event_name === '' ? [] : [['event.name', row.event_name] as const]),
    ]),
  };
}

const logParams = windowParams.extend({
  service: z.string().optional(),
  traceId: z.string().optional(),
  minSeverity: z.number().int().optional(),
  words: z.array(z.string()).max(wordsMax),
  rows: z.number().int().positive(),
});

const logRow = z.object({
  time_ns: z.string(),
  service: z.string(),
  severity_number: z.number(),
  severity_text: z.string(),
  event_name: z.string(),
  body: z.string(),
  trace_id: z.string(),
  span_id: z.string(),
  attributes_string: z.record(z.string(), z.string()),
  attributes_number: z.record(z.string(), z.number().nullable()),
  attributes_bool: z.record(z.string(), z.boolean()),
});

const logsQuery: Query<z.infer<typeof logParams>, z.infer<typeof logRow>> = {
  name: 'logs.search',
  sql: (params) => `SELECT
  toString(toUnixTimestamp64Nano(l.time)) AS time_ns,
  l.service AS service,
  l.severity_number AS severity_number,
  l.severity_text AS severity_text,
  l.event_name AS event_name,
  l.body AS body,
  lower(hex(l.trace_id)) AS trace_id,
  lower(hex(l.span_id)) AS span_id,
  l.attributes_string AS attributes_string,
  l.attributes_number AS attributes_number,
  l.attributes_bool AS attributes_bool
FROM logs AS l
WHERE ${params.traceId === undefined ? during('l.time') : 'l.trace_id = toFixedString(unhex({traceId:String}), 16)'}${and(
    params.service !== undefined && 'l.service = {service:String}',
    params.environment !== undefined && 'l.environment = {environment:String}',
    params.minSeverity !== undefined && 'l.severity_number >= {minSeverity:UInt8}',
    params.words.length > 0 &&
      'NOT arrayExists(word -> positionCaseInsensitive(l.body, word) = 0, {words:Array(String)})',
  )}
ORDER BY l.time DESC
LIMIT {rows:UInt32}`,
  params: logParams,
  row: logRow,
};
