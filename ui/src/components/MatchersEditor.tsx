import { ActionIcon, Button, Select, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import type { Matcher } from '@nightjar/collector/contract';
import { matcherOps } from '../lib/matchers.ts';
import styles from './MatchersEditor.module.css';

type Props = Readonly<{
  label: string;
  matchers: readonly Matcher[];
  onChange: (matchers: readonly Matcher[]) => void;
  /** What is wrong with a field, by `0.label` or `0.value`. */
  problemOf?: (path: string) => string | undefined;
  suggestions: readonly string[];
}>;

const opWords = [
  { value: '=', label: 'is' },
  { value: '!=', label: 'is not' },
  { value: '=~', label: 'matches' },
  { value: '!~', label: 'does not match' },
];
const matchersMax = 20;

/** Tests on labels, all of which must hold. */
export function MatchersEditor({ label, matchers, onChange, problemOf, suggestions }: Props) {
  const put = (index: number, change: Partial<Matcher>) =>
    onChange(matchers.map((one, at) => (at === index ? { ...one, ...change } : one)));
  const listId = `labels-${label.replace(/\W+/g, '-').toLowerCase()}`;
  return (
    <fieldset className={styles['set']}>
      <legend>{label}</legend>
      <datalist id={listId}>
        {suggestions.map((text) => (
          <option key={text} value={text} />
        ))}
      </datalist>
      {matchers.map(({ label: name, op, value }, index) => (
        // A row has no identity but its place.
        <div key={index} className={styles['row']}>
          <TextInput
            size="xs"
            aria-label={`Label ${index + 1}`}
            placeholder="label"
            list={listId}
            value={name}
            error={problemOf?.(`${index}.label`)}
            onChange={(event) => put(index, { label: event.currentTarget.value })}
          />
          <Select
            size="xs"
            w={130}
            aria-label={`Test ${index + 1}`}
            data={opWords}
            value={op}
            allowDeselect={false}
            onChange={(next) => put(index, { op: matcherOps.find((one) => one === next) ?? '=' })}
          />
          <TextInput
            size="xs"
            className="fill"
            aria-label={`Value ${index + 1}`}
            placeholder={op === '=' || op === '!=' ? 'value' : 'regular expression, of the whole value'}
            value={value}
            error={problemOf?.(`${index}.value`)}
            onChange={(event) => put(index, { value: event.currentTarget.value })}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={`Remove test ${index + 1}`}
            onClick={() => onChange(matchers.filter((_, at) => at !== index))}
          >
            <IconX size={14} />
          </ActionIcon>
        </div>
      ))}
      {matchers.length < matchersMax && (
        <Button
          size="compact-xs"
          variant="subtle"
          leftSection={<IconPlus size={12} aria-hidden />}
          onClick={() => onChange([...matchers, { label: '', op: '=', value: '' }])}
        >
          Add a test
        </Button>
      )}
    </fieldset>
  );
}
