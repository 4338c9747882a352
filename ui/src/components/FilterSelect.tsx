import { Select } from '@mantine/core';

type Props = Readonly<{
  label: string;
  value: string | undefined;
  choices: readonly (string | Readonly<{ value: string; label: string }>)[];
  /** Said where nothing is chosen. */
  any: string;
  onChange: (value: string | undefined) => void;
  width?: number;
}>;

export function FilterSelect({ label, value, choices, any, onChange, width = 150 }: Props) {
  return (
    <Select
      size="xs"
      w={width}
      label={label}
      placeholder={any}
      data={[...choices]}
      value={value ?? null}
      clearable
      clearButtonProps={{ 'aria-label': `Clear ${label.toLowerCase()}` }}
      searchable={choices.length > 8}
      onChange={(next) => onChange(next ?? undefined)}
    />
  );
}
