import { ActionIcon, TextInput } from '@mantine/core';
import type { Trace } from '@nightjar/collector/contract';
import { IconChevronDown, IconChevronUp, IconSearch } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import { Detail } from './Detail.tsx';
import type { FoldedTree } from './layout/fold.ts';
import { Minimap } from './Minimap.tsx';
import { Ruler } from './Ruler.tsx';
import type { WaterfallState } from './use-waterfall.ts';
import { useWaterfall } from './use-waterfall.ts';
import styles from './Waterfall.module.css';
import { WaterfallRow } from './WaterfallRow.tsx';

const rowHeight = 24;
const overscan = 12;

export function Waterfall({ trace, folded }: Readonly<{ trace: Trace; folded: FoldedTree }>) {
  const state = useWaterfall(folded);
  const chosen = state.rows[state.chosen];
  return (
    <div className={styles['split']} data-open={chosen !== undefined}>
      <div className={styles['chart']}>
        <Toolbar state={state} />
        <Minimap tree={folded.tree} view={state.view} onView={state.setView} />
        <Ruler view={state.view} />
        <Rows state={state} traceMs={folded.tree.durationMs} />
      </div>
      {chosen !== undefined && (
        <Detail
          row={chosen}
          trace={trace}
          folded={folded}
          onZoom={state.zoom}
          onClose={() => state.choose(undefined)}
        />
      )}
    </div>
  );
}

function Toolbar({ state }: Readonly<{ state: WaterfallState }>) {
  const { text, setText, marks, jump } = state;
  const what =
    text === ''
      ? marks === 1
        ? 'error or finding'
        : 'errors and findings'
      : marks === 1
        ? 'match'
        : 'matches';
  return (
    <div className={styles['toolbar']}>
      <TextInput
        size="xs"
        w={220}
        aria-label="Find in this trace"
        placeholder="Find in this trace"
        leftSection={<IconSearch size={14} />}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') jump(event.shiftKey ? -1 : 1);
          if (event.key === 'Escape') event.currentTarget.blur();
        }}
      />
      <span className="muted num" role="status">
        {marks} {what}
      </span>
      <ActionIcon
        variant="subtle"
        color="gray"
        size={22}
        title="Previous (b)"
        aria-label="Previous"
        onClick={() => jump(-1)}
      >
        <IconChevronUp size={16} />
      </ActionIcon>
      <ActionIcon
        variant="subtle"
        color="gray"
        size={22}
        title="Next (f)"
        aria-label="Next"
        onClick={() => jump(1)}
      >
        <IconChevronDown size={16} />
      </ActionIcon>
    </div>
  );
}

function Rows({ state, traceMs }: Readonly<{ state: WaterfallState; traceMs: number }>) {
  const { rows, chosen, choose, toggleRow, view, text } = state;
  const scroller = useRef<HTMLDivElement>(null);
  // Its functions change under the same identity; nothing here is memoised on them.
  // oxlint-disable-next-line react/incompatible-library
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan,
  });
  useEffect(() => {
    if (chosen >= 0) virtual.scrollToIndex(chosen, { align: 'auto' });
  }, [chosen, virtual]);
  return (
    <div
      ref={scroller}
      className={styles['scroller']}
      tabIndex={0}
      role="region"
      aria-label="Spans of this trace"
    >
      <div className={styles['rows']} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const row = rows[index];
          return (
            row !== undefined && (
              <WaterfallRow
                key={row.id}
                row={row}
                top={start}
                view={view}
                traceMs={traceMs}
                text={text}
                isChosen={index === chosen}
                onChoose={() => choose(row)}
                onToggle={() => toggleRow(row)}
              />
            )
          );
        })}
      </div>
    </div>
  );
}
