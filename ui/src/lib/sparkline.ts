type Size = Readonly<{ width: number; height: number }>;
type Point = readonly [x: number, y: number];

export type SparklinePath = Readonly<{ line: string; area: string; dots: readonly Point[]; isFlat: boolean }>;

/** A dot at either end must not be cut by the frame. */
export const dotRadius = 1.8;

/** SVG paths of a row of values over a zero baseline. A null is a gap; a value alone between gaps is a dot. */
export function sparklinePath(values: readonly (number | null)[], { width, height }: Size): SparklinePath {
  const peak = values.reduce<number>((most, value) => Math.max(most, value ?? 0), 0);
  const inner = width - 2 * dotRadius;
  const step = values.length > 1 ? inner / (values.length - 1) : inner;
  const base = height - 1;
  const yOf = (value: number) => round(peak === 0 ? base : base - (value / peak) * (height - 3));
  const runs = splitRuns(values).map((run) =>
    run.map(([index, value]): Point => [round(dotRadius + index * step), yOf(value)]),
  );
  const strokes = runs.filter((run) => run.length > 1);
  return {
    isFlat: peak === 0,
    line: strokes.map((run) => `M${run.map(([x, y]) => `${x} ${y}`).join('L')}`).join(''),
    area: strokes
      .map(
        (run) =>
          `M${run[0]?.[0] ?? 0} ${base}L${run.map(([x, y]) => `${x} ${y}`).join('L')}L${run.at(-1)?.[0] ?? 0} ${base}Z`,
      )
      .join(''),
    dots: runs
      .filter((run) => run.length === 1)
      .flat()
      .map(([x, y]) => [x, Math.min(y, height - dotRadius)]),
  };
}

function splitRuns(values: readonly (number | null)[]): (readonly [number, number])[][] {
  const runs: (readonly [number, number])[][] = [];
  let isOpen = false;
  values.forEach((value, index) => {
    if (value === null || !Number.isFinite(value)) {
      isOpen = false;
      return;
    }
    if (!isOpen) runs.push([]);
    isOpen = true;
    runs.at(-1)?.push([index, value]);
  });
  return runs;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
