import { TextInput } from '@mantine/core';
import type { FormProps } from './RuleForm.tsx';
import { problemAt } from './rule-draft.ts';
import styles from './Editor.module.css';

type Field = Readonly<{
  key: 'window' | 'every' | 'delay' | 'for' | 'keepFiringFor' | 'minSamples';
  label: string;
  path: string;
  hint: string;
}>;

const fields: readonly Field[] = [
  { key: 'window', label: 'Over', path: 'schedule.window', hint: 'How much data one look takes in' },
  { key: 'every', label: 'Look every', path: 'schedule.every', hint: 'The time between two looks' },
  { key: 'for', label: 'For at least', path: 'for', hint: 'How long it must hold before it fires' },
  {
    key: 'keepFiringFor',
    label: 'Keep firing for',
    path: 'keepFiringFor',
    hint: 'How long it must be good before it ends',
  },
  {
    key: 'minSamples',
    label: 'At least so many requests',
    path: 'guard.minSamples',
    hint: 'With fewer in the window nothing is judged',
  },
  {
    key: 'delay',
    label: 'Wait for late data',
    path: 'schedule.delay',
    hint: 'A duration, or auto: as long as the data of the last day took',
  },
];

export function TimingFields({ draft, onChange, problems }: FormProps) {
  return (
    <div className={styles['line']}>
      {fields.map(({ key, label, path, hint }) => (
        <TextInput
          key={key}
          size="xs"
          label={label}
          title={hint}
          value={draft[key]}
          error={problemAt(problems, path)}
          onChange={(event) => onChange({ ...draft, [key]: event.currentTarget.value })}
        />
      ))}
    </div>
  );
}
