import type { TraceRow } from '@nightjar/collector/contract';
import { SegmentedControl } from '@mantine/core';
import { useEndpoint } from '../../api/use-endpoint.ts';
import { Answered } from '../../components/Answered.tsx';
import { ScatterTimeChart } from '../../components/charts/ScatterTimeChart.tsx';
import { Empty, Skeleton } from '../../components/States.tsx';
import { serviceColor } from '../../lib/palette.ts';
import { paths } from '../../lib/paths.ts';
import { rangeBounds } from '../../lib/time-range.ts';
import { useRangeState, useUrlState } from '../../lib/url-state.ts';
import { parseFilter, sortOf, sorts } from './trace-filter.ts';
import { TraceFilters } from './TraceFilters.tsx';
import { TracesTable } from './TracesTable.tsx';

const rowsMax = 200;

export function TracesPage() {
  const { search, set } = useUrlState();
  const { query, isLive } = useRangeState();
  const traces = useEndpoint('traces', {
    query: { ...query, ...parseFilter(search), limit: rowsMax },
    isLive,
  });
  return (
    <div className="page">
      <div className="page-head">
        <h1>Traces</h1>
        <span className="fill" />
        <SegmentedControl
          size="xs"
          aria-label="Order"
          data={sorts.map(({ value, label }) => ({ value, label }))}
          value={sortOf(search)}
          onChange={(sort) => set({ sort: sort === 'newest' ? undefined : sort }, 'replace')}
        />
      </div>
      <TraceFilters />
      <Answered result={traces} failed="The traces could not be searched" skeleton={<Skeleton rows={10} />}>
        {(data) =>
          data.traces.length === 0 ? (
            <Empty>No request matches in this range. Widen the range or clear a filter.</Empty>
          ) : (
            <Results traces={data.traces} isPartial={data.isPartial} nowMs={traces.dataUpdatedAt} />
          )
        }
      </Answered>
    </div>
  );
}

type ResultsProps = Readonly<{ traces: readonly TraceRow[]; isPartial: boolean; nowMs: number }>;

function Results({ traces, isPartial, nowMs }: ResultsProps) {
  const { search, goTo } = useUrlState();
  const { range } = useRangeState();
  const bounds = rangeBounds(range, nowMs);
  // The newest of many fill only the end of the range: the chart then begins with the oldest of them.
  const isCut = isPartial && sortOf(search) === 'newest';
  const fromMs = isCut ? Math.min(...traces.map(({ startMs }) => startMs)) : bounds.fromMs;
  const dots = traces.map((row) => ({
    id: `${row.traceId}-${row.spanId}`,
    atMs: row.startMs,
    // A logarithmic axis knows no zero.
    durationMs: Math.max(row.durationMs, 0.001),
    label: row.operation,
    color: row.isError ? 'var(--critical)' : serviceColor(row.service),
  }));
  const open = (id: string) => {
    const row = traces.find(({ traceId, spanId }) => `${traceId}-${spanId}` === id);
    if (row !== undefined) goTo(paths.trace(search, row.traceId, { span: row.spanId }));
  };
  return (
    <>
      <ScatterTimeChart
        title={isPartial ? `Duration of the ${traces.length} shown` : 'Duration'}
        dots={dots}
        fromMs={fromMs}
        toMs={bounds.toMs}
        onDot={open}
      />
      <TracesTable traces={traces} search={search} />
      {isPartial && (
        <p className="muted">
          More requests match than the {traces.length} shown. Narrow the range or the filters to see the rest.
        </p>
      )}
    </>
  );
}
