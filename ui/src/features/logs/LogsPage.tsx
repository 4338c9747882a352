import { useEndpoint } from '../../api/use-endpoint.ts';
import { Answered } from '../../components/Answered.tsx';
import { CommittedInput } from '../../components/CommittedInput.tsx';
import { FilterBar } from '../../components/FilterBar.tsx';
import { FilterSelect } from '../../components/FilterSelect.tsx';
import { LogList } from '../../components/LogList.tsx';
import { Empty, Skeleton } from '../../components/States.tsx';
import type { Search } from '../../lib/paths.ts';
import { useRangeState, useUrlState } from '../../lib/url-state.ts';

const rowsMax = 300;
const filterKeys = ['service', 'severity', 'q'] as const;
/** The lowest OTLP severity number of each level. */
const levels = [
  { value: '9', label: 'Info and up' },
  { value: '13', label: 'Warnings and up' },
  { value: '17', label: 'Errors' },
];

export function LogsPage() {
  const { search, set } = useUrlState();
  const { query, isLive } = useRangeState();
  const { service, severity, q } = search;
  const services = useEndpoint('services', { query });
  const logs = useEndpoint('logs', { query: { ...query, ...filterOf(search), limit: rowsMax }, isLive });
  const names = (services.data?.services ?? []).map((one) => one.service);
  const isFiltered = filterKeys.some((key) => search[key] !== undefined);
  return (
    <div className="page">
      <h1>Logs</h1>
      <FilterBar
        isFiltered={isFiltered}
        onClear={() => set(Object.fromEntries(filterKeys.map((key) => [key, undefined])))}
      >
        <CommittedInput
          label="Holds the words"
          placeholder="timeout"
          width={280}
          value={q ?? ''}
          onCommit={(text) => set({ q: text === '' ? undefined : text })}
        />
        <FilterSelect
          label="Service"
          any="Any"
          value={service}
          choices={[...new Set(service === undefined ? names : [...names, service])].sort()}
          onChange={(next) => set({ service: next })}
        />
        <FilterSelect
          label="Severity"
          any="Any"
          value={levels.find(({ value }) => value === severity)?.value}
          choices={levels}
          onChange={(next) => set({ severity: next })}
        />
      </FilterBar>
      <Answered
        result={logs}
        failed="The logs could not be searched"
        skeleton={<Skeleton rows={14} height={28} />}
      >
        {(data) =>
          data.logs.length === 0 ? (
            <Empty>
              {isFiltered
                ? 'No log record matches in this range. Clear a filter or widen the range.'
                : 'No log record in this range. Logs of pino, winston and bunyan arrive with the agent.'}
            </Empty>
          ) : (
            <>
              <LogList logs={data.logs} search={search} />
              {data.isPartial && (
                <p className="muted">More records match than the {data.logs.length} newest shown.</p>
              )}
            </>
          )
        }
      </Answered>
    </div>
  );
}

function filterOf({ service, severity, q }: Search) {
  const minSeverity = levels.find(({ value }) => value === severity)?.value;
  return {
    ...(service === undefined ? {} : { service }),
    ...(q === undefined ? {} : { q }),
    ...(minSeverity === undefined ? {} : { minSeverity: Number(minSeverity) }),
  };
}
