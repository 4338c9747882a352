import { useEndpoint } from '../../api/use-endpoint.ts';
import { Answered } from '../../components/Answered.tsx';
import { Empty, Skeleton } from '../../components/States.tsx';
import { useRangeState, useUrlState } from '../../lib/url-state.ts';
import { useSort } from '../../lib/use-sort.ts';
import { ServicesTable, servicesSort } from './ServicesTable.tsx';

export function ServicesPage() {
  const { search } = useUrlState();
  const { query, isLive } = useRangeState();
  const [sort, setSort] = useSort(servicesSort);
  const services = useEndpoint('services', { query, isLive });
  return (
    <div className="page">
      <div className="page-head">
        <h1>Services</h1>
        {services.data !== undefined && (
          <span className="muted">{countText(services.data.services.length)}</span>
        )}
      </div>
      <Answered result={services} failed="The services could not be read" skeleton={<Skeleton rows={8} />}>
        {(data) =>
          data.services.length === 0 ? (
            <Empty command="npm run demo">
              No service sent a request in this range. Choose a longer one, or fill the page with the demo
              shop.
            </Empty>
          ) : (
            <ServicesTable services={data.services} search={search} sort={sort} onSort={setSort} />
          )
        }
      </Answered>
    </div>
  );
}

function countText(count: number): string {
  return count === 1 ? '1 in this range' : `${count} in this range`;
}
