import { useEndpoint } from '../../api/use-endpoint.ts';
import { Answered } from '../../components/Answered.tsx';
import { FindingsTable, findingsSort } from '../../components/FindingsTable.tsx';
import { Empty, Skeleton } from '../../components/States.tsx';
import { useRangeState, useUrlState } from '../../lib/url-state.ts';
import { useSort } from '../../lib/use-sort.ts';

type Props = Readonly<{ service: string; operation: string | undefined }>;

export function FindingsTab({ service, operation }: Props) {
  const { search } = useUrlState();
  const { query, isLive } = useRangeState();
  const [sort, setSort] = useSort(findingsSort);
  const findings = useEndpoint('findings', {
    query: { ...query, service, ...(operation === undefined ? {} : { operation }) },
    isLive,
  });
  return (
    <Answered result={findings} failed="The findings could not be read" skeleton={<Skeleton rows={4} />}>
      {(data) =>
        data.findings.length === 0 ? (
          <Empty>No finding in this range: no N+1, no duplicate query, no slow statement was seen.</Empty>
        ) : (
          <FindingsTable
            findings={data.findings}
            search={search}
            withService={false}
            sort={sort}
            onSort={setSort}
          />
        )
      }
    </Answered>
  );
}
