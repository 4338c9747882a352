import type { MetricQuery } from '@nightjar/alerts';
import { durationMs } from '@nightjar/alerts/schema';
import type { SignalOf } from '@nightjar/alerts/schema';
import { listed, queriesLabels } from './signal-binding.ts';
import type { Binding } from './signal-binding.ts';
import { assertNever, columnOrAttribute, tail } from './signal-parts.ts';
import type { Parts } from './signal-parts.ts';
import { during, duringMinutes } from './sql.ts';

export function queriesParts(signal: SignalOf<'queries_per_request'>): Parts {
  const value =
    signal.agg === 'max'
      ? 'max(t.query_count)'
      : 'sum(toFloat64(t.query_count) * t.weight) / sum(toFloat64(t.weight))';
  return {
    labelOf: listed(queriesLabels, signal.kind),
    where: `${duringMinutes}\n    AND ${during('t.start_time')}`,
    select: counting('request_queries AS t FINAL', value),
  };
}

const logColumns = {
  service: 'service',
  environment: 'environment',
  release: 'release',
  severity: 'severity_text',
  severity_number: 'severity_number',
  event_name: 'event_name',
  scope_name: 'scope_name',
  body: 'body',
};

export function logParts(binding: Binding): Parts {
  return {
    labelOf: columnOrAttribute(logColumns, { attributes: 'attributes_string', binding }),
    where: during('t.time'),
    select: counting('logs AS t'),
  };
}

const pointColumns = { service: 'service', environment: 'environment', queue: 'queue', metric: 'name' };
const requestColumns = [
  'service',
  'operation',
  'environment',
  'release',
  'language',
  'http_status',
  'messaging_destination',
];

export function heartbeatParts(signal: SignalOf<'heartbeat'>, binding: Binding): Parts {
  switch (signal.of) {
    case 'requests':
      return {
        labelOf: listed(requestColumns, signal.kind),
        where: during('t.start_time'),
        select: counting('requests AS t'),
      };
    case 'logs':
      return logParts(binding);
    case 'metrics':
      return {
        labelOf: columnOrAttribute(pointColumns, { attributes: 'attributes', binding }),
        where: during('t.time'),
        select: counting('metric_points AS t'),
      };
    default:
      return assertNever(signal.of);
  }
}

const findingColumns = [
  'service',
  'operation',
  'environment',
  'release',
  'kind',
  'severity',
  'statement',
  'code_file',
  'code_function',
];
// As the API writes it.
const findingHex = "lower(substring(concat('0000000000000000', hex(t.finding_id)), -16))";
/** A finding that was seen in this time before is not new: it comes and goes. */
export const findingHistoryMs = 90 * 86_400_000;

export function findingParts(
  asked: MetricQuery,
  { signal, binding }: { readonly signal: SignalOf<'new_finding'>; readonly binding: Binding },
): Parts {
  const labelOf = listed(findingColumns, signal.kind);
  const newSince = binding.addMs(asked.toMs - durationMs(signal.newFor));
  const historyFrom = binding.addMs(asked.toMs - findingHistoryMs);
  const where = `${during('t.start_time')}
    AND NOT t.is_retracted
    AND (t.service, t.finding_id) IN (
      SELECT earlier.service, earlier.finding_id
      FROM findings AS earlier FINAL
      WHERE NOT earlier.is_retracted AND earlier.start_time >= fromUnixTimestamp64Milli(${historyFrom})
      GROUP BY earlier.service, earlier.finding_id
      HAVING min(earlier.start_time) >= fromUnixTimestamp64Milli(${newSince}))`;
  return {
    labelOf: (label) => (label === 'finding' ? findingHex : labelOf(label)),
    where,
    select: (labels, filter) => `SELECT
  ${labels} AS labels,
  toFloat64(uniqExact(t.trace_id)) AS value,
  count() AS samples,
  concat(any(t.statement), if(any(t.code_file) = '', '', concat(' at ', any(t.code_file), ':', toString(any(t.code_line))))) AS note
FROM findings AS t FINAL
WHERE ${filter}
${tail}`,
  };
}

function counting(from: string, value = 'toFloat64(count())'): Parts['select'] {
  return (labels, where) => `SELECT
  ${labels} AS labels,
  ${value} AS value,
  count() AS samples
FROM ${from}
WHERE ${where}
${tail}`;
}
