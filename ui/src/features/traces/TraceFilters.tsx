import { useEndpoint } from '../../api/use-endpoint.ts';
import { CommittedInput } from '../../components/CommittedInput.tsx';
import { FilterBar } from '../../components/FilterBar.tsx';
import { FilterSelect } from '../../components/FilterSelect.tsx';
import { useRangeState, useUrlState } from '../../lib/url-state.ts';
import { filterKeys } from './trace-filter.ts';

export function TraceFilters() {
  const { search, set } = useUrlState();
  const { query } = useRangeState();
  const { service, release, status, finding } = search;
  const services = useEndpoint('services', { query });
  const operations = useEndpoint('operations', {
    params: { service: service ?? '-' },
    query,
    isEnabled: service !== undefined,
  });
  const clear = () => set(Object.fromEntries(filterKeys.map((key) => [key, undefined])));
  const text = (key: (typeof filterKeys)[number], label: string) => ({
    label,
    value: search[key] ?? '',
    onCommit: (value: string) => set({ [key]: value === '' ? undefined : value }),
  });
  return (
    <FilterBar isFiltered={filterKeys.some((key) => search[key] !== undefined)} onClear={clear}>
      <FilterSelect
        label="Service"
        any="Any"
        value={service}
        choices={withChosen(
          (services.data?.services ?? []).map((one) => one.service),
          service,
        )}
        onChange={(next) => set({ service: next, operation: undefined })}
      />
      <CommittedInput
        {...text('operation', 'Operation')}
        placeholder="Any"
        width={200}
        suggestions={(operations.data?.operations ?? []).map((one) => one.operation)}
      />
      <CommittedInput {...text('min', 'Longer than')} placeholder="250ms" width={90} />
      <CommittedInput {...text('max', 'Shorter than')} placeholder="2s" width={90} />
      <FilterSelect
        label="Status"
        any="Any"
        width={110}
        value={status}
        choices={[
          { value: 'ok', label: 'Succeeded' },
          { value: 'error', label: 'Failed' },
        ]}
        onChange={(next) => set({ status: next })}
      />
      <FilterSelect
        label="Finding"
        any="Any"
        width={120}
        value={finding}
        choices={[
          { value: 'yes', label: 'With one' },
          { value: 'no', label: 'Without' },
        ]}
        onChange={(next) => set({ finding: next })}
      />
      <CommittedInput {...text('queries', 'Queries from')} placeholder="20" width={90} inputMode="numeric" />
      {release !== undefined && <CommittedInput {...text('release', 'Release')} width={110} />}
    </FilterBar>
  );
}

function withChosen(names: readonly string[], chosen: string | undefined): string[] {
  return [...new Set(chosen === undefined ? names : [...names, chosen])].sort();
}
