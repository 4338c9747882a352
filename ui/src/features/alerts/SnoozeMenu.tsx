import { Button, Menu } from '@mantine/core';
import { IconClockPause } from '@tabler/icons-react';

const snoozes: readonly Readonly<{ label: string; minutes: number }>[] = [
  { label: '15 minutes', minutes: 15 },
  { label: '1 hour', minutes: 60 },
  { label: '4 hours', minutes: 240 },
  { label: '1 day', minutes: 1_440 },
];

type Props = Readonly<{
  isSnoozed: boolean;
  isDisabled: boolean;
  isCompact: boolean;
  onSnooze: (minutes: number) => void;
  onEnd: () => void;
}>;

export function SnoozeMenu({ isSnoozed, isDisabled, isCompact, onSnooze, onEnd }: Props) {
  const icon = <IconClockPause size={13} aria-hidden />;
  return (
    <Menu shadow="md" position="bottom-end" transitionProps={{ duration: 120 }}>
      <Menu.Target>
        <Button
          size="compact-xs"
          variant="default"
          disabled={isDisabled}
          {...(isCompact ? { 'aria-label': 'Snooze', title: 'Snooze' } : { leftSection: icon })}
        >
          {isCompact ? icon : 'Snooze'}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {snoozes.map(({ label, minutes }) => (
          <Menu.Item key={label} onClick={() => onSnooze(minutes)}>
            {label}
          </Menu.Item>
        ))}
        {isSnoozed && <Menu.Item onClick={onEnd}>End the snooze</Menu.Item>}
      </Menu.Dropdown>
    </Menu>
  );
}
