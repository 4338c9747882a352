import { Button, Menu } from '@mantine/core';
import { IconCopy, IconDots, IconDownload, IconTrash } from '@tabler/icons-react';

type Props = Readonly<{
  onCopy: () => void;
  onExport: () => void;
  /** Absent: a rule of a file, which is not deleted here. */
  onDelete: (() => void) | undefined;
}>;

export function RuleMenu({ onCopy, onExport, onDelete }: Props) {
  return (
    <Menu shadow="md" position="bottom-end" transitionProps={{ duration: 120 }}>
      <Menu.Target>
        <Button size="xs" variant="default" aria-label="More actions">
          <IconDots size={14} aria-hidden />
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconCopy size={14} />} onClick={onCopy}>
          Make a copy here
        </Menu.Item>
        <Menu.Item leftSection={<IconDownload size={14} />} onClick={onExport}>
          Export YAML
        </Menu.Item>
        {onDelete !== undefined && (
          <Menu.Item leftSection={<IconTrash size={14} />} color="red" onClick={onDelete}>
            Delete
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
