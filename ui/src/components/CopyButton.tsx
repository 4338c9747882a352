import { ActionIcon, CopyButton as MantineCopy } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';

/** Copies `text`; `what` names it for the tooltip and for screen readers. */
export function CopyButton({ text, what }: Readonly<{ text: string; what: string }>) {
  return (
    <MantineCopy value={text} timeout={1500}>
      {({ copied, copy }) => (
        <ActionIcon
          variant="subtle"
          color="gray"
          size={22}
          onClick={copy}
          title={copied ? 'Copied' : `Copy ${what}`}
          aria-label={copied ? 'Copied' : `Copy ${what}`}
        >
          {copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
        </ActionIcon>
      )}
    </MantineCopy>
  );
}
