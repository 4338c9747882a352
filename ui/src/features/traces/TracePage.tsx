import { Tabs } from '@mantine/core';
import type { Trace } from '@nightjar/collector/contract';
import { useParams } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useEndpoint } from '../../api/use-endpoint.ts';
import { Answered } from '../../components/Answered.tsx';
import { Empty, Notice, Skeleton } from '../../components/States.tsx';
import { quantityText } from '../../lib/quantity.ts';
import { useUrlState } from '../../lib/url-state.ts';
import { foldTree } from './layout/fold.ts';
import type { FoldedTree } from './layout/fold.ts';
import { buildTree } from './layout/tree.ts';
import { SpansTable } from './SpansTable.tsx';
import { TraceHead } from './TraceHead.tsx';
import { TraceLogs } from './TraceLogs.tsx';
import { Waterfall } from './Waterfall.tsx';

const tabs = ['waterfall', 'table', 'logs'] as const;

export function TracePage() {
  const { traceId = '' } = useParams({ strict: false });
  const trace = useEndpoint('trace', { params: { traceId } });
  return (
    <div className="page">
      <Answered
        result={trace}
        failed="The trace could not be read"
        skeleton={<Skeleton rows={16} height={24} />}
      >
        {(data) =>
          data.spans.length === 0 ? (
            <Empty>
              No span of this trace is stored. It may be older than the retention, or not have arrived yet.
            </Empty>
          ) : (
            <LoadedTrace trace={data} />
          )
        }
      </Answered>
    </div>
  );
}

function LoadedTrace({ trace }: Readonly<{ trace: Trace }>) {
  const { search, set } = useUrlState();
  const folded = useMemo(() => foldTree(buildTree(trace.spans), trace), [trace]);
  const tab = tabs.find((one) => one === search['tab']) ?? 'waterfall';
  return (
    <>
      <TraceHead trace={trace} folded={folded} />
      <TraceNotices trace={trace} folded={folded} />
      <Tabs
        value={tab}
        keepMounted={false}
        onChange={(next) => set({ tab: next === 'waterfall' ? undefined : (next ?? undefined) }, 'replace')}
      >
        <Tabs.List>
          <Tabs.Tab value="waterfall">Waterfall</Tabs.Tab>
          <Tabs.Tab value="table">Table</Tabs.Tab>
          <Tabs.Tab value="logs">Logs</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="waterfall" pt={8}>
          <Waterfall trace={trace} folded={folded} />
        </Tabs.Panel>
        <Tabs.Panel value="table" pt={8}>
          <SpansTable folded={folded} />
        </Tabs.Panel>
        <Tabs.Panel value="logs" pt={8}>
          <TraceLogs
            traceId={trace.traceId}
            startMs={folded.tree.startMs}
            durationMs={folded.tree.durationMs}
          />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

/** What the picture is missing, or got wrong. */
function TraceNotices({ trace, folded }: Readonly<{ trace: Trace; folded: FoldedTree }>) {
  const { orphans, ringed, skewed, maxSkewMs } = folded.tree;
  const notes = [
    trace.spanCount > trace.spans.length &&
      `Only the first ${trace.spans.length} of ${trace.spanCount} spans are shown.`,
    orphans > 0 &&
      `${orphans === 1 ? '1 span has a parent' : `${orphans} spans have parents`} that did not arrive: the trace is incomplete, or part of it is not instrumented.`,
    ringed > 0 && `${ringed} spans name each other as parents; the ring was cut at the earliest.`,
    skewed > 0 &&
      `Clocks differ: ${skewed === 1 ? '1 span starts' : `${skewed} spans start`} up to ${quantityText('duration', maxSkewMs)} before ${skewed === 1 ? 'its parent' : 'their parents'}. Times are shown as sent.`,
  ].filter((note) => note !== false);
  return notes.length === 0 ? null : <Notice>{notes.join(' ')}</Notice>;
}
