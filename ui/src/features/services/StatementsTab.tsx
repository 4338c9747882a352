import { useEndpoint } from '../../api/use-endpoint.ts';
import { Answered } from '../../components/Answered.tsx';
import { StatementsTable, statementsSort } from '../../components/StatementsTable.tsx';
import { Empty, Skeleton } from '../../components/States.tsx';
import { useRangeState } from '../../lib/url-state.ts';
import { useSort } from '../../lib/use-sort.ts';

export function StatementsTab({ service }: Readonly<{ service: string }>) {
  const { query, isLive } = useRangeState();
  const [sort, setSort] = useSort(statementsSort);
  const statements = useEndpoint('statements', { query: { ...query, service }, isLive });
  return (
    <Answered result={statements} failed="The statements could not be read" skeleton={<Skeleton rows={6} />}>
      {(data) =>
        data.statements.length === 0 ? (
          <Empty>This service made no database call in this range.</Empty>
        ) : (
          <StatementsTable statements={data.statements} withService={false} sort={sort} onSort={setSort} />
        )
      }
    </Answered>
  );
}
