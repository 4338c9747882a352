import type { MetricQuery } from '@nightjar/alerts';
import type { Matcher } from '@nightjar/alerts/schema';
import { Binding } from './signal-binding.ts';
import { findingParts, heartbeatParts, logParts, queriesParts } from './signal-counts.ts';
import { assertNever } from './signal-parts.ts';
import type { Parts, SignalSql } from './signal-parts.ts';
import { metricParts, queueParts } from './signal-points.ts';
import { requestParts } from './signal-requests.ts';

export type { BoundTexts } from './signal-binding.ts';
export type { SignalSql } from './signal-parts.ts';

/** The statement that measures a signal. Labels are columns from a list, or attributes by bound name; values are bound. */
export function signalSql(asked: MetricQuery): SignalSql {
  const binding = new Binding({ fromMs: asked.fromMs, toMs: asked.toMs, rows: asked.groupsMax + 1 });
  const parts = partsOf(asked, binding);
  const labels = asked.groupBy.map((label) => parts.labelOf(label));
  const conditions = filterOf(asked).map((matcher) => binding.match(parts.labelOf(matcher.label), matcher));
  const where = [parts.where, ...conditions].filter((part) => part !== '').join('\n    AND ');
  return { sql: parts.select(`[${labels.join(', ')}]`, where), bound: binding.bound };
}

function filterOf({ signal }: MetricQuery): readonly Matcher[] {
  if (signal.kind === 'baseline') return [];
  return (signal.kind === 'burn_rate' ? signal.slo.filter : signal.filter) ?? [];
}

function partsOf(asked: MetricQuery, binding: Binding): Parts {
  const { signal } = asked;
  switch (signal.kind) {
    case 'latency':
    case 'error_rate':
    case 'throughput':
    case 'burn_rate':
      return requestParts(asked, { signal, binding });
    case 'queries_per_request':
      return queriesParts(signal);
    case 'queue':
      return queueParts(signal, binding);
    case 'metric':
      return metricParts(asked, { signal, binding });
    case 'logs':
      return logParts(binding);
    case 'heartbeat':
      return heartbeatParts(signal, binding);
    case 'new_finding':
      return findingParts(asked, { signal, binding });
    case 'baseline':
      throw new Error('a baseline is made of readings of its own signal');
    default:
      return assertNever(signal);
  }
}
