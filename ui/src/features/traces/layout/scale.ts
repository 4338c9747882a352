/** The stretch of the trace that is on the screen, milliseconds from its start. */
export type View = Readonly<{ fromMs: number; toMs: number }>;

export type BarBox = Readonly<{ leftPercent: number; widthPercent: number; isInside: boolean }>;

/** Where a bar stands in the view; cut at its edges. */
export function barBox(startMs: number, endMs: number, { fromMs, toMs }: View): BarBox {
  const length = Math.max(toMs - fromMs, Number.EPSILON);
  const left = Math.min(Math.max((startMs - fromMs) / length, 0), 1);
  const right = Math.min(Math.max((endMs - fromMs) / length, 0), 1);
  return {
    leftPercent: left * 100,
    widthPercent: Math.max(0, right - left) * 100,
    isInside: endMs >= fromMs && startMs <= toMs,
  };
}

/** Round marks of the ruler inside a view, four to eight of them. */
export function rulerTicks({ fromMs, toMs }: View): number[] {
  const length = toMs - fromMs;
  if (!(length > 0)) return [];
  const rough = length / 6;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((size) => size * power >= rough) ?? 10) * power;
  const first = Math.ceil(fromMs / step);
  const last = Math.floor(toMs / step);
  return Array.from({ length: last - first + 1 }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  );
}

/** A span shorter than this share of the trace is zoomed to when it is what somebody came for. */
const sliver = 0.1;
/** Room left and right of what is zoomed to, as a share of it. */
const margin = 0.05;

/** A view of one stretch with a little room around it. */
export function viewOf(startMs: number, endMs: number, durationMs: number): View {
  const room = Math.max((endMs - startMs) * margin, 1e-6);
  return { fromMs: Math.max(0, startMs - room), toMs: Math.min(durationMs, endMs + room) };
}

/** The first view: all of the trace, unless the span that was asked for would be a sliver of it. */
export function firstView(
  asked: Readonly<{ startMs: number; endMs: number }> | undefined,
  durationMs: number,
): View {
  const isSliver = asked !== undefined && asked.endMs - asked.startMs < durationMs * sliver;
  return isSliver ? viewOf(asked.startMs, asked.endMs, durationMs) : { fromMs: 0, toMs: durationMs };
}

/** The view between two fractions of the whole, in either order; the whole again when hardly anything was dragged. */
export function brushedView(one: number, other: number, durationMs: number): View {
  const from = Math.max(0, Math.min(one, other));
  const to = Math.min(1, Math.max(one, other));
  if (to - from < 0.004) return { fromMs: 0, toMs: durationMs };
  return { fromMs: from * durationMs, toMs: to * durationMs };
}
