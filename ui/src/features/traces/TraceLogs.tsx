import { useEndpoint } from '../../api/use-endpoint.ts';
import { Answered } from '../../components/Answered.tsx';
import { LogList } from '../../components/LogList.tsx';
import { Empty, Notice, Skeleton } from '../../components/States.tsx';
import { absoluteRange } from '../../lib/time-range.ts';
import { useUrlState } from '../../lib/url-state.ts';

/** Logs may be stamped a little before or after the spans they belong to. */
const marginMs = 60_000;
const rowsMax = 500;

type Props = Readonly<{ traceId: string; startMs: number; durationMs: number }>;

export function TraceLogs({ traceId, startMs, durationMs }: Props) {
  const { search } = useUrlState();
  const range = absoluteRange(startMs - marginMs, startMs + durationMs + marginMs);
  const logs = useEndpoint('logs', { query: { ...range, traceId, limit: rowsMax } });
  return (
    <Answered result={logs} failed="The logs could not be read" skeleton={<Skeleton rows={6} />}>
      {(data) =>
        data.logs.length === 0 ? (
          <Empty>No log record carries the id of this trace.</Empty>
        ) : (
          <>
            {data.isPartial && (
              <Notice tone="info">More records match than the {data.logs.length} shown.</Notice>
            )}
            <LogList logs={data.logs} search={search} withTrace={false} />
          </>
        )
      }
    </Answered>
  );
}
