import { Checkbox, Select, TextInput } from '@mantine/core';
import type { Severity } from '@nightjar/collector/contract';
import type { FormProps } from './RuleForm.tsx';
import { ops, problemAt, severities } from './rule-draft.ts';
import type { ConditionDraft } from './rule-draft.ts';
import styles from './Editor.module.css';

const opWords: Readonly<Record<(typeof ops)[number], string>> = {
  '>': 'above',
  '>=': 'at least',
  '<': 'below',
  '<=': 'at most',
  outside: 'outside',
};

/** Critical first; a severity that fires holds back the messages of those below it. */
export function ConditionFields({ draft, onChange, problems, unit }: FormProps & Readonly<{ unit: string }>) {
  const on = severities.filter((severity) => draft.conditions[severity].isOn);
  const put = (severity: Severity, change: Partial<ConditionDraft>) =>
    onChange({
      ...draft,
      conditions: { ...draft.conditions, [severity]: { ...draft.conditions[severity], ...change } },
    });
  return (
    <fieldset className={styles['group']}>
      <legend>Fires when it is</legend>
      {severities.map((severity) => (
        <div key={severity} className={styles['condition']}>
          <Checkbox
            size="xs"
            label={severity}
            checked={draft.conditions[severity].isOn}
            onChange={(event) => put(severity, { isOn: event.currentTarget.checked })}
          />
          {draft.conditions[severity].isOn && (
            <Condition
              severity={severity}
              unit={unit}
              condition={draft.conditions[severity]}
              problemOf={(key) => problemAt(problems, `conditions.${on.indexOf(severity)}.${key}`)}
              onChange={(change) => put(severity, change)}
            />
          )}
        </div>
      ))}
    </fieldset>
  );
}

type ConditionProps = Readonly<{
  severity: Severity;
  unit: string;
  condition: ConditionDraft;
  problemOf: (key: string) => string | undefined;
  onChange: (change: Partial<ConditionDraft>) => void;
}>;

function Condition({ severity, unit, condition, problemOf, onChange }: ConditionProps) {
  const { op } = condition;
  const number = (key: 'threshold' | 'upper' | 'recover', label: string) => (
    <TextInput
      size="xs"
      w={110}
      inputMode="decimal"
      aria-label={`${label}, ${severity}`}
      placeholder={label}
      value={condition[key]}
      error={condition[key] === '' && key === 'threshold' ? undefined : problemOf(key)}
      onChange={(event) => onChange({ [key]: event.currentTarget.value })}
    />
  );
  return (
    <>
      <Select
        size="xs"
        w={110}
        aria-label={`Test, ${severity}`}
        data={ops.map((value) => ({ value, label: opWords[value] }))}
        value={op}
        allowDeselect={false}
        onChange={(value) => onChange({ op: ops.find((one) => one === value) ?? '>' })}
      />
      {number('threshold', op === 'outside' ? 'lower end' : 'threshold')}
      {op === 'outside' ? number('upper', 'upper end') : number('recover', 'recovers at')}
      <span className={`muted ${styles['unit'] ?? ''}`}>{unit}</span>
    </>
  );
}
