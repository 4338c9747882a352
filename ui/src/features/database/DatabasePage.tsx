import { useEndpoint } from '../../api/use-endpoint.ts';
import { Answered } from '../../components/Answered.tsx';
import { FilterBar } from '../../components/FilterBar.tsx';
import { FilterSelect } from '../../components/FilterSelect.tsx';
import { Empty, Skeleton } from '../../components/States.tsx';
import { StatementsTable, statementsSort } from '../../components/StatementsTable.tsx';
import { useRangeState, useUrlState } from '../../lib/url-state.ts';
import { useSort } from '../../lib/use-sort.ts';
import { askedOrder } from './asked-order.ts';

const rowsMax = 200;

export function DatabasePage() {
  const { search, set } = useUrlState();
  const { query, isLive } = useRangeState();
  const [sort, setSort] = useSort(statementsSort);
  const { service } = search;
  const services = useEndpoint('services', { query });
  const statements = useEndpoint('statements', {
    // The collector cuts the list, so it has to know by what.
    query: {
      ...query,
      ...(service === undefined ? {} : { service }),
      sort: askedOrder(sort),
      limit: rowsMax,
    },
    isLive,
  });
  const names = (services.data?.services ?? []).map((one) => one.service);
  return (
    <div className="page">
      <div className="page-head">
        <h1>Database</h1>
        <span className="muted">Statements of all services, literals masked</span>
      </div>
      <FilterBar isFiltered={service !== undefined} onClear={() => set({ service: undefined })}>
        <FilterSelect
          label="Service"
          any="Any"
          value={service}
          choices={[...new Set(service === undefined ? names : [...names, service])].sort()}
          onChange={(next) => set({ service: next })}
        />
      </FilterBar>
      <Answered
        result={statements}
        failed="The statements could not be read"
        skeleton={<Skeleton rows={10} />}
      >
        {(data) =>
          data.statements.length === 0 ? (
            <Empty>No database call in this range. Widen the range or clear the filter.</Empty>
          ) : (
            <StatementsTable statements={data.statements} sort={sort} onSort={setSort} />
          )
        }
      </Answered>
    </div>
  );
}
