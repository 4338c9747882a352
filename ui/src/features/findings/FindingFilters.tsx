import { useEndpoint } from '../../api/use-endpoint.ts';
import { FilterBar } from '../../components/FilterBar.tsx';
import { FilterSelect } from '../../components/FilterSelect.tsx';
import { kindChoices, severities } from '../../lib/finding-words.ts';
import { useRangeState, useUrlState } from '../../lib/url-state.ts';

export const filterKeys = ['service', 'operation', 'kind', 'severity'] as const;

export function FindingFilters() {
  const { search, set } = useUrlState();
  const { query } = useRangeState();
  const services = useEndpoint('services', { query });
  const names = (services.data?.services ?? []).map(({ service }) => service);
  const isFiltered = filterKeys.some((key) => search[key] !== undefined);
  return (
    <FilterBar
      isFiltered={isFiltered}
      onClear={() => set(Object.fromEntries(filterKeys.map((key) => [key, undefined])))}
    >
      <FilterSelect
        label="Service"
        any="Any"
        value={search['service']}
        choices={[...new Set(search['service'] === undefined ? names : [...names, search['service']])].sort()}
        onChange={(service) => set({ service, operation: undefined })}
      />
      <FilterSelect
        label="Kind"
        any="Any"
        value={search['kind']}
        choices={kindChoices}
        onChange={(kind) => set({ kind })}
      />
      <FilterSelect
        label="Severity"
        any="Any"
        value={search['severity']}
        choices={severities}
        onChange={(severity) => set({ severity })}
      />
      {search['operation'] !== undefined && (
        <FilterSelect
          label="Operation"
          any="Any"
          width={220}
          value={search['operation']}
          choices={[search['operation']]}
          onChange={(operation) => set({ operation })}
        />
      )}
    </FilterBar>
  );
}
