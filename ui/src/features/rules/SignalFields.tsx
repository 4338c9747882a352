import { Select, TextInput } from '@mantine/core';
import { useEndpoint } from '../../api/use-endpoint.ts';
import type { FormProps } from './RuleForm.tsx';
import { formSignals, problemAt, withSignal } from './rule-draft.ts';
import type { FormSignal, RuleDraft } from './rule-draft.ts';
import styles from './Editor.module.css';

const words: Readonly<Record<FormSignal, string>> = {
  latency: 'Latency',
  error_rate: 'Error rate',
  throughput: 'Requests a second',
  queries_per_request: 'Queries a request',
  queue: 'Queue',
  metric: 'Metric',
  logs: 'Log records',
  heartbeat: 'Heartbeat',
  new_finding: 'New finding',
};

/** What is measured. */
export function SignalFields({ draft, onChange, problems }: FormProps) {
  const { signal } = draft;
  const isKnown = formSignals.some((kind) => kind === signal.kind);
  const kinds = formSignals.map((kind) => ({ value: kind as string, label: words[kind] }));
  const pick = (value: string | null) => {
    const kind = formSignals.find((one) => one === value);
    if (kind !== undefined && kind !== signal.kind) onChange(withSignal(draft, kind));
  };
  return (
    <div className={styles['line']}>
      <Select
        size="xs"
        label="Signal"
        data={isKnown ? kinds : [...kinds, { value: signal.kind, label: `${signal.kind} (as YAML)` }]}
        value={signal.kind}
        allowDeselect={false}
        error={problemAt(problems, 'signal')}
        onChange={pick}
      />
      <KindFields draft={draft} onChange={onChange} problems={problems} />
    </div>
  );
}

const quantiles = ['0.5', '0.9', '0.95', '0.99', '0.999'];

type Choice = Readonly<{
  key: string;
  label: string;
  data: readonly (string | Readonly<{ value: string; label: string }>)[];
}>;

const choices: Readonly<Partial<Record<RuleDraft['signal']['kind'], readonly Choice[]>>> = {
  queries_per_request: [
    {
      key: 'agg',
      label: 'Of the window',
      data: [
        { value: 'avg', label: 'average' },
        { value: 'max', label: 'worst request' },
      ],
    },
    {
      key: 'compare',
      label: 'Held against',
      data: [
        { value: 'none', label: 'nothing' },
        { value: 'previous_release', label: 'the release before' },
      ],
    },
  ],
  queue: [
    {
      key: 'metric',
      label: 'Of the queue',
      data: [
        { value: 'depth', label: 'depth' },
        { value: 'oldest_age', label: 'age of the oldest job' },
        { value: 'lag', label: 'lag' },
      ],
    },
    { key: 'agg', label: 'Of the window', data: ['max', 'last', 'avg', 'min'] },
  ],
  metric: [{ key: 'agg', label: 'Of the window', data: ['avg', 'max', 'min', 'sum', 'last', 'rate'] }],
  heartbeat: [{ key: 'of', label: 'Of', data: ['requests', 'logs', 'metrics'] }],
};

/** What a kind of signal needs beside its name. */
function KindFields({ draft, onChange, problems }: FormProps) {
  const { signal } = draft;
  const put = (change: Readonly<Record<string, unknown>>) =>
    onChange({ ...draft, signal: { ...signal, ...change } });
  return (
    <>
      {signal.kind === 'latency' && (
        <Select
          size="xs"
          label="Percentile"
          data={quantiles.map((value) => ({ value, label: `p${Number(value) * 100}` }))}
          value={textOf(signal, 'quantile')}
          allowDeselect={false}
          error={problemAt(problems, 'signal.quantile')}
          onChange={(value) => put({ quantile: Number(value) })}
        />
      )}
      {signal.kind === 'metric' && <MetricName draft={draft} onChange={onChange} problems={problems} />}
      {signal.kind === 'new_finding' && (
        <TextInput
          size="xs"
          label="New for"
          value={textOf(signal, 'newFor')}
          error={problemAt(problems, 'signal.newFor')}
          onChange={(event) => put({ newFor: event.currentTarget.value })}
        />
      )}
      {(choices[signal.kind] ?? []).map(({ key, label, data }) => (
        <Select
          key={key}
          size="xs"
          label={label}
          data={[...data]}
          value={textOf(signal, key)}
          allowDeselect={false}
          error={problemAt(problems, `signal.${key}`)}
          onChange={(value) => put({ [key]: value })}
        />
      ))}
    </>
  );
}

function MetricName({ draft, onChange, problems }: FormProps) {
  const metrics = useEndpoint('metrics', { query: { from: 'now-24h', to: 'now' } });
  const { signal } = draft;
  return (
    <>
      <TextInput
        size="xs"
        label="Metric"
        list="metric-names"
        value={textOf(signal, 'name')}
        error={textOf(signal, 'name') === '' ? undefined : problemAt(problems, 'signal.name')}
        onChange={(event) => onChange({ ...draft, signal: { ...signal, name: event.currentTarget.value } })}
      />
      <datalist id="metric-names">
        {(metrics.data?.metrics ?? []).map(({ name }) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </>
  );
}

function textOf(signal: RuleDraft['signal'], key: string): string {
  const value = signal[key];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
