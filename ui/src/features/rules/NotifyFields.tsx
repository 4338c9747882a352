import { Checkbox, MultiSelect, TextInput } from '@mantine/core';
import { useEndpoint } from '../../api/use-endpoint.ts';
import type { FormProps } from './RuleForm.tsx';
import { problemAt } from './rule-draft.ts';
import styles from './Editor.module.css';

/** Who is told, and how often again. */
export function NotifyFields({ draft, onChange, problems }: FormProps) {
  const channels = useEndpoint('channels', {});
  const names = (channels.data?.channels ?? []).map(({ name }) => name);
  return (
    <fieldset className={styles['group']}>
      <legend>Tells</legend>
      <div className={styles['line']}>
        <MultiSelect
          size="xs"
          label="Channels"
          placeholder={draft.channels.length === 0 ? 'those of the route' : ''}
          data={[...new Set([...names, ...draft.channels])]}
          value={[...draft.channels]}
          error={problemAt(problems, 'notify.channels')}
          onChange={(chosen) => onChange({ ...draft, channels: chosen })}
        />
        <TextInput
          size="xs"
          label="Again every"
          placeholder="4h, or never"
          value={draft.repeat}
          error={problemAt(problems, 'notify.repeat')}
          onChange={(event) => onChange({ ...draft, repeat: event.currentTarget.value })}
        />
        <TextInput
          size="xs"
          label="Runbook"
          type="url"
          placeholder="https://…"
          value={draft.runbook}
          error={problemAt(problems, 'runbook')}
          onChange={(event) => onChange({ ...draft, runbook: event.currentTarget.value })}
        />
      </div>
      <Checkbox
        size="xs"
        label="Also when it ends"
        checked={draft.sendResolved}
        onChange={(event) => onChange({ ...draft, sendResolved: event.currentTarget.checked })}
      />
    </fieldset>
  );
}
