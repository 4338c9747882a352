import type { Row } from './rows.ts';
import type { SpanNode } from './tree.ts';

/** Whether a row is worth jumping to: what matches the text, or without a text what failed or was found. */
export function isMark(row: Row, text: string): boolean {
  if (text !== '') return matches(row, text.toLowerCase());
  return row.kind === 'group' ? row.group.finding !== undefined : isFailed(row.node);
}

export function isFailed({ span }: SpanNode): boolean {
  return span.status.code === 'error';
}

function matches(row: Row, lower: string): boolean {
  if (row.kind === 'group') {
    return (
      row.group.statement.toLowerCase().includes(lower) ||
      row.group.members.some((node) => spanMatches(node, lower))
    );
  }
  return spanMatches(row.node, lower);
}

export function spanMatches({ span }: SpanNode, lower: string): boolean {
  if (span.name.toLowerCase().includes(lower) || span.service.toLowerCase().includes(lower)) return true;
  if (span.spanId === lower || span.status.message.toLowerCase().includes(lower)) return true;
  return Object.entries(span.attributes).some(([key, value]) =>
    `${key}=${String(value)}`.toLowerCase().includes(lower),
  );
}

/** The next marked row after (or before) one, around the end; -1 when there is none. */
export function nextMark(rows: readonly Row[], from: number, step: 1 | -1, text: string): number {
  for (let offset = 1; offset <= rows.length; offset += 1) {
    const index = (((from + step * offset) % rows.length) + rows.length) % rows.length;
    const row = rows[index];
    if (row !== undefined && isMark(row, text)) return index;
  }
  return -1;
}
