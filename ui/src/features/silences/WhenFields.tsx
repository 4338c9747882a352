import { Checkbox, Select, TextInput } from '@mantine/core';
import { repeats, repeatWords } from './silence-draft.ts';
import type { Draft } from './silence-draft.ts';
import styles from './Silences.module.css';

type Props = Readonly<{
  draft: Draft;
  onChange: (draft: Draft) => void;
  problemOf: (path: string) => string | undefined;
}>;

const zones = Intl.supportedValuesOf('timeZone');

export function WhenFields({ draft, onChange, problemOf }: Props) {
  const put = (change: Partial<Draft>) => onChange({ ...draft, ...change });
  const instant = (key: 'starts' | 'ends', label: string, path: string) => (
    <TextInput
      size="xs"
      type="datetime-local"
      step={1}
      label={label}
      value={draft[key]}
      error={problemOf(path)}
      onChange={(event) => put({ [key]: event.currentTarget.value })}
    />
  );
  return (
    <>
      <TextInput
        size="xs"
        label="Name"
        required={draft.kind === 'maintenance'}
        value={draft.name}
        error={draft.name === '' ? undefined : problemOf('name')}
        onChange={(event) => put({ name: event.currentTarget.value })}
      />
      <div className={styles['line']}>
        {instant('starts', draft.repeat === 'once' ? 'From' : 'The first from', 'startsAt')}
        {instant('ends', draft.repeat === 'once' ? 'To' : 'The first to', 'endsAt')}
        <Select
          size="xs"
          label="Again"
          data={repeats.map((value) => ({ value, label: repeatWords[value] }))}
          value={draft.repeat}
          allowDeselect={false}
          onChange={(value) => put({ repeat: repeats.find((one) => one === value) ?? 'once' })}
        />
      </div>
      {draft.repeat !== 'once' && <RepeatFields draft={draft} onChange={onChange} problemOf={problemOf} />}
      <Checkbox
        size="xs"
        label="Also hold back the message that an alert ended"
        checked={draft.mode === 'mute_all'}
        onChange={(event) => put({ mode: event.currentTarget.checked ? 'mute_all' : 'mute' })}
      />
    </>
  );
}

/** By which rule, by whose clock, until when. */
function RepeatFields({ draft, onChange, problemOf }: Props) {
  const put = (change: Partial<Draft>) => onChange({ ...draft, ...change });
  return (
    <div className={styles['line']}>
      {draft.repeat === 'other' && (
        <TextInput
          size="xs"
          label="Rule (RFC 5545)"
          placeholder="FREQ=MONTHLY;BYDAY=1SU"
          value={draft.rrule}
          error={problemOf('recurrence.rrule')}
          onChange={(event) => put({ rrule: event.currentTarget.value })}
        />
      )}
      <Select
        size="xs"
        label="By the clock of"
        data={zones.includes(draft.tz) ? zones : [draft.tz, ...zones]}
        value={draft.tz}
        searchable
        limit={50}
        allowDeselect={false}
        error={problemOf('recurrence.tz')}
        onChange={(tz) => put({ tz: tz ?? 'UTC' })}
      />
      <TextInput
        size="xs"
        type="datetime-local"
        label="For the last time before"
        description="empty: for ever"
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        value={draft.until}
        error={problemOf('recurrence.until')}
        onChange={(event) => put({ until: event.currentTarget.value })}
      />
    </div>
  );
}
