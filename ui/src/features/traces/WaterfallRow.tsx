import { IconAlertCircle, IconAlertTriangle, IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { siteText } from '../../components/CallSite.tsx';
import { savingText } from '../../lib/finding-words.ts';
import { serviceColor } from '../../lib/palette.ts';
import { quantityText } from '../../lib/quantity.ts';
import type { Row } from './layout/rows.ts';
import type { View } from './layout/scale.ts';
import { barBox } from './layout/scale.ts';
import { isFailed, isMark } from './layout/search.ts';
import { selfTimeMs } from './layout/tree.ts';
import { labelOf } from './span-facts.ts';
import styles from './Waterfall.module.css';

type Props = Readonly<{
  row: Row;
  top: number;
  view: View;
  traceMs: number;
  text: string;
  isChosen: boolean;
  onChoose: () => void;
  onToggle: () => void;
}>;

const indentPx = 14;
/** Deeper rows are indented no further, or their names would have no room. */
const indentLevelsMax = 16;

export function WaterfallRow({ row, top, view, traceMs, text, isChosen, onChoose, onToggle }: Props) {
  const canToggle = row.kind === 'group' || row.hidden > 0;
  const isDim = text !== '' && !isMark(row, text);
  return (
    <div
      className={styles['row']}
      style={{ transform: `translateY(${top}px)` }}
      data-chosen={isChosen}
      data-dim={isDim}
      data-kind={row.kind}
    >
      <div
        className={styles['label']}
        style={{ paddingLeft: 4 + Math.min(row.depth, indentLevelsMax) * indentPx }}
      >
        {canToggle ? (
          <button
            type="button"
            className={styles['toggle']}
            onClick={onToggle}
            aria-expanded={row.isOpen}
            aria-label="Rows below"
          >
            {row.isOpen ? <IconChevronDown size={14} /> : <IconChevronRight size={14} />}
          </button>
        ) : (
          <span className={styles['noToggle']} />
        )}
        <button type="button" className={styles['name']} onClick={onChoose} aria-pressed={isChosen}>
          <RowName row={row} />
        </button>
      </div>
      <button type="button" className={styles['lane']} onClick={onChoose} tabIndex={-1} aria-hidden>
        <span className={styles['track']}>
          <RowBar row={row} view={view} traceMs={traceMs} />
        </span>
      </button>
    </div>
  );
}

function RowName({ row }: Readonly<{ row: Row }>) {
  if (row.kind === 'group') {
    const { finding, count, statement } = row.group;
    return (
      <>
        {finding !== undefined && (
          <IconAlertTriangle size={14} className={styles['found']} aria-label="Finding" />
        )}
        <strong className="num">{count} ×</strong> <code>{statement.replace(/\s+/g, ' ')}</code>
      </>
    );
  }
  const { span, isOrphan } = row.node;
  const label = labelOf(span);
  return (
    <>
      <span
        className={styles['service']}
        style={{ background: serviceColor(span.service) }}
        title={span.service}
      />
      {isFailed(row.node) && <IconAlertCircle size={14} className={styles['failed']} aria-label="Failed" />}
      {isOrphan && (
        <span className={styles['orphan']} title="Its parent did not arrive">
          …
        </span>
      )}
      {label.isCode ? (
        <code title={span.name}>{label.text}</code>
      ) : (
        <span title={span.name}>{label.text}</span>
      )}
      {!row.isOpen && row.hidden > 0 && <span className={styles['hidden']}>{row.hidden}</span>}
    </>
  );
}

function RowBar({ row, view, traceMs }: Readonly<{ row: Row; view: View; traceMs: number }>) {
  const { startMs, endMs } = row.kind === 'group' ? row.group : row.node;
  const box = barBox(startMs, endMs, view);
  if (!box.isInside) return null;
  const color = row.kind === 'span' ? barColor(row) : undefined;
  // The words of a group are long: over its bar, from the end where there is more room.
  const isLate = box.leftPercent > 45;
  return (
    <>
      <span
        className={styles['bar']}
        data-found={row.kind === 'group' && row.group.finding !== undefined}
        data-group={row.kind === 'group'}
        style={{ left: `${box.leftPercent}%`, width: `${box.widthPercent}%`, background: color }}
      />
      <span
        className={row.kind === 'group' ? styles['groupWords'] : styles['words']}
        style={
          row.kind === 'group' && isLate
            ? { right: `${100 - box.leftPercent - box.widthPercent}%` }
            : { left: `${row.kind === 'group' ? box.leftPercent : box.leftPercent + box.widthPercent}%` }
        }
      >
        <BarWords row={row} traceMs={traceMs} />
      </span>
    </>
  );
}

function barColor(row: Extract<Row, { kind: 'span' }>): string {
  return isFailed(row.node) ? 'var(--critical)' : serviceColor(row.node.span.service);
}

function BarWords({ row, traceMs }: Readonly<{ row: Row; traceMs: number }>) {
  if (row.kind === 'span') {
    const lengthMs = row.node.endMs - row.node.startMs;
    const share = quantityText('share', lengthMs / Math.max(traceMs, 1e-9));
    const own =
      row.node.children.length > 0 ? `, ${quantityText('duration', selfTimeMs(row.node))} its own` : '';
    return <span title={`${share} of the trace${own}`}>{quantityText('duration', lengthMs)}</span>;
  }
  const { finding, totalMs, isCompanion } = row.group;
  return (
    <>
      {quantityText('duration', totalMs)}
      {finding?.callSite && <code className={styles['site']}>{siteText(finding.callSite)}</code>}
      {finding !== undefined && (
        <em className={styles['saving']}>{isCompanion ? 'same loop' : savingText(finding)}</em>
      )}
    </>
  );
}
