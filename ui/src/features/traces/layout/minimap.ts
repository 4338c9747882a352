import { serviceColor } from '../../../lib/palette.ts';
import type { SpanNode, TraceTree } from './tree.ts';

export type MinimapShape = Readonly<{ color: string; path: string }>;

/** One path a colour: ten thousand spans are a handful of DOM nodes. Drawn in a box of `width` by `height`. */
export function minimapShapes(
  tree: TraceTree,
  { width, height }: Readonly<{ width: number; height: number }>,
): MinimapShape[] {
  const lane = height / Math.max(tree.spanCount, height / 3);
  const paths = new Map<string, string[]>();
  let index = 0;
  const draw = (node: SpanNode) => {
    const color = node.span.status.code === 'error' ? 'var(--critical)' : serviceColor(node.span.service);
    const x = round((node.startMs / Math.max(tree.durationMs, 1e-9)) * width);
    const w = round(Math.max(1, ((node.endMs - node.startMs) / Math.max(tree.durationMs, 1e-9)) * width));
    const parts = paths.get(color) ?? [];
    parts.push(`M${x} ${round(index * lane)}h${w}v${round(Math.max(lane * 0.7, 0.5))}h-${w}z`);
    paths.set(color, parts);
    index += 1;
  };
  const open = [...tree.roots].reverse();
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    draw(node);
    open.push(...[...node.children].reverse());
  }
  return [...paths].map(([color, parts]) => ({ color, path: parts.join('') }));
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
