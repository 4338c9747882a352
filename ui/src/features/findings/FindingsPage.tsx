import type { QueryOf } from '@nightjar/collector/contract';
import { useEndpoint } from '../../api/use-endpoint.ts';
import { Answered } from '../../components/Answered.tsx';
import { FindingsTable, findingsSort } from '../../components/FindingsTable.tsx';
import { Empty, Skeleton } from '../../components/States.tsx';
import { kindChoices, severities } from '../../lib/finding-words.ts';
import type { Search } from '../../lib/paths.ts';
import { quantityText } from '../../lib/quantity.ts';
import { useRangeState, useUrlState } from '../../lib/url-state.ts';
import { useSort } from '../../lib/use-sort.ts';
import { FindingFilters, filterKeys } from './FindingFilters.tsx';

export function FindingsPage() {
  const { search } = useUrlState();
  const { query, isLive } = useRangeState();
  const [sort, setSort] = useSort(findingsSort);
  const findings = useEndpoint('findings', { query: { ...query, ...filterOf(search) }, isLive });
  const isFiltered = filterKeys.some((key) => search[key] !== undefined);
  const lostMs = (findings.data?.findings ?? []).reduce((sum, { savedMsPerHour }) => sum + savedMsPerHour, 0);
  return (
    <div className="page">
      <div className="page-head">
        <h1>Findings</h1>
        {lostMs > 0 && (
          <span className="muted num">{quantityText('duration', lostMs)} of waiting lost every hour</span>
        )}
      </div>
      <FindingFilters />
      <Answered result={findings} failed="The findings could not be read" skeleton={<Skeleton rows={8} />}>
        {(data) =>
          data.findings.length === 0 ? (
            <Empty command={isFiltered ? undefined : 'npm run demo'}>
              {isFiltered
                ? 'No finding matches in this range. Clear a filter or widen the range.'
                : 'No N+1 and none of its kin in this range. To see what one looks like, run the demo shop.'}
            </Empty>
          ) : (
            <FindingsTable findings={data.findings} search={search} sort={sort} onSort={setSort} />
          )
        }
      </Answered>
    </div>
  );
}

function filterOf({ service, operation, kind, severity }: Search): Partial<QueryOf<'findings'>> {
  const knownKind = kindChoices.find(({ value }) => value === kind)?.value;
  const knownSeverity = severities.find((one) => one === severity);
  return {
    ...(service === undefined ? {} : { service }),
    ...(operation === undefined ? {} : { operation }),
    ...(knownKind === undefined ? {} : { kind: knownKind }),
    ...(knownSeverity === undefined ? {} : { severity: knownSeverity }),
  };
}
