import { ActionIcon } from '@mantine/core';
import type { Trace } from '@nightjar/collector/contract';
import { IconX, IconZoomIn } from '@tabler/icons-react';
import type { FoldedTree } from './layout/fold.ts';
import type { Row } from './layout/rows.ts';
import { GroupDetail } from './GroupDetail.tsx';
import { SpanDetail } from './SpanDetail.tsx';
import styles from './Waterfall.module.css';

type Props = Readonly<{
  row: Row;
  trace: Trace;
  folded: FoldedTree;
  onZoom: () => void;
  onClose: () => void;
}>;

export function Detail({ row, trace, folded, onZoom, onClose }: Props) {
  const title = row.kind === 'group' ? `${row.group.count} calls of one statement` : row.node.span.name;
  return (
    <aside className={styles['detail']} aria-label="Details" tabIndex={-1}>
      <div className={styles['detailHead']}>
        <h2>{title}</h2>
        <ActionIcon
          variant="subtle"
          color="gray"
          size={24}
          title="Zoom to it (z)"
          aria-label="Zoom to it"
          onClick={onZoom}
        >
          <IconZoomIn size={16} />
        </ActionIcon>
        <ActionIcon
          variant="subtle"
          color="gray"
          size={24}
          title="Close (Esc)"
          aria-label="Close"
          onClick={onClose}
        >
          <IconX size={16} />
        </ActionIcon>
      </div>
      {row.kind === 'group' ? (
        <GroupDetail group={row.group} />
      ) : (
        <SpanDetail
          node={row.node}
          trace={trace}
          traceMs={folded.tree.durationMs}
          traceStartMs={folded.tree.startMs}
        />
      )}
    </aside>
  );
}
