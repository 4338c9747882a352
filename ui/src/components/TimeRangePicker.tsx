import { ActionIcon, Button, Popover, TextInput } from '@mantine/core';
import { IconChevronLeft, IconChevronRight, IconClock } from '@tabler/icons-react';
import { useState } from 'react';
import { absoluteTime, clockTime } from '../lib/moment.ts';
import type { TimeRange } from '../lib/time-range.ts';
import {
  absoluteRange,
  fromLocalInput,
  quickRanges,
  rangeBounds,
  relativeLabel,
  shiftRange,
  toLocalInput,
} from '../lib/time-range.ts';
import styles from './TimeRangePicker.module.css';

type Props = Readonly<{
  range: TimeRange;
  onChange: (range: TimeRange) => void;
  isOpen: boolean;
  onOpen: (isOpen: boolean) => void;
}>;

export function TimeRangePicker({ range, onChange, isOpen, onOpen }: Props) {
  const choose = (next: TimeRange) => {
    onOpen(false);
    onChange(next);
  };
  return (
    <div className={styles['picker']}>
      <ActionIcon
        className={styles['shift']}
        variant="default"
        size={30}
        title="Earlier"
        aria-label="Earlier"
        onClick={() => onChange(shiftRange(range, -1, Date.now()))}
      >
        <IconChevronLeft size={16} />
      </ActionIcon>
      <Popover opened={isOpen} onChange={onOpen} position="bottom-end" shadow="md" trapFocus>
        <Popover.Target>
          <Button
            variant="default"
            size="xs"
            h={30}
            fw={500}
            leftSection={<IconClock size={14} />}
            onClick={() => onOpen(!isOpen)}
            aria-label={`Time range: ${rangeLabel(range)}`}
          >
            <span className="num">{rangeLabel(range)}</span>
          </Button>
        </Popover.Target>
        <Popover.Dropdown p={12}>
          {/* A new draft each time it opens. */}
          {isOpen && <Choices range={range} onChoose={choose} />}
        </Popover.Dropdown>
      </Popover>
      <ActionIcon
        className={styles['shift']}
        variant="default"
        size={30}
        title="Later"
        aria-label="Later"
        disabled={range.to === 'now'}
        onClick={() => onChange(shiftRange(range, 1, Date.now()))}
      >
        <IconChevronRight size={16} />
      </ActionIcon>
    </div>
  );
}

function Choices({ range, onChoose }: Readonly<{ range: TimeRange; onChoose: (range: TimeRange) => void }>) {
  const [draft, setDraft] = useState(() => {
    const { fromMs, toMs } = rangeBounds(range, Date.now());
    return { from: toLocalInput(fromMs), to: toLocalInput(toMs) };
  });
  const fromMs = fromLocalInput(draft.from);
  const toMs = fromLocalInput(draft.to);
  const isWrong = fromMs === undefined || toMs === undefined || fromMs >= toMs;
  return (
    <div className={styles['choices']}>
      <ul className={styles['quick']}>
        {quickRanges.map(({ label, from }) => (
          <li key={from}>
            <button
              type="button"
              aria-pressed={range.from === from && range.to === 'now'}
              onClick={() => onChoose({ from, to: 'now' })}
            >
              {label}
            </button>
          </li>
        ))}
      </ul>
      <form
        className={styles['absolute']}
        onSubmit={(event) => {
          event.preventDefault();
          if (fromMs !== undefined && toMs !== undefined && !isWrong) onChoose(absoluteRange(fromMs, toMs));
        }}
      >
        {(['from', 'to'] as const).map((end) => (
          <TextInput
            key={end}
            size="xs"
            type="datetime-local"
            step={1}
            label={end === 'from' ? 'From' : 'To'}
            value={draft[end]}
            error={end === 'to' && isWrong ? 'Must be after the start' : undefined}
            onChange={(event) => setDraft({ ...draft, [end]: event.currentTarget.value })}
          />
        ))}
        <Button type="submit" size="xs" disabled={isWrong}>
          Show this range
        </Button>
      </form>
    </div>
  );
}

function rangeLabel(range: TimeRange): string {
  const relative = relativeLabel(range);
  if (relative !== undefined) return relative;
  const { fromMs, toMs } = rangeBounds(range, Date.now());
  const isOneDay = absoluteTime(fromMs).slice(0, 10) === absoluteTime(toMs).slice(0, 10);
  const end = isOneDay ? clockTime(toMs, 'minute') : absoluteTime(toMs, 'minute').slice(5);
  return `${absoluteTime(fromMs, 'minute').slice(5)} to ${end}`;
}
