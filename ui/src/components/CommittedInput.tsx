import { TextInput } from '@mantine/core';
import { useState } from 'react';

type Props = Readonly<{
  label: string;
  value: string;
  onCommit: (value: string) => void;
  placeholder?: string;
  inputMode?: 'text' | 'numeric';
  /** Suggestions of the browser's own list. */
  suggestions?: readonly string[];
  width?: number;
}>;

/** A field that asks again when somebody is done typing, not at each key. */
export function CommittedInput(props: Props) {
  // A value that changed elsewhere (Back, a link) starts a new draft.
  return <Draft key={props.value} {...props} />;
}

function Draft({
  label,
  value,
  onCommit,
  placeholder = '',
  inputMode = 'text',
  suggestions = [],
  width,
}: Props) {
  const [draft, setDraft] = useState(value);
  const listId = `list-${label.replace(/\W+/g, '-').toLowerCase()}`;
  const commit = () => {
    if (draft.trim() !== value) onCommit(draft.trim());
  };
  return (
    <>
      <TextInput
        size="xs"
        label={label}
        value={draft}
        placeholder={placeholder}
        inputMode={inputMode}
        {...(width === undefined ? {} : { w: width })}
        {...(suggestions.length === 0 ? {} : { list: listId })}
        onChange={(event) => setDraft(event.currentTarget.value)}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === 'Enter') commit();
        }}
      />
      {suggestions.length > 0 && (
        <datalist id={listId}>
          {suggestions.map((text) => (
            <option key={text} value={text} />
          ))}
        </datalist>
      )}
    </>
  );
}
