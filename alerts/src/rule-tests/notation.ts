import type { Labels } from '../../schema/index.ts';

// Series notation of `promtool test rules`: https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/

/** Values of one series. */
export const seriesValuesMax = 20_000;

export type Parsed<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string };

const number = String.raw`[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?`;
const expanding = new RegExp(`^(${number})(?:([+-])((?:\\d+\\.?\\d*|\\.\\d+)(?:e[+-]?\\d+)?))?x(\\d+)$`, 'i');
const plain = new RegExp(`^${number}$`, 'i');
const missing = /^_(?:x(\d+))?$/;

/** `1 2 0+10x5 _x3 stale`: a value a step, null where there is none. `axn` and `a+bxn` are n + 1 values, `_xn` are n. */
export function parseSeries(text: string): Parsed<readonly (number | null)[]> {
  const values: (number | null)[] = [];
  for (const word of text.trim().split(/\s+/).filter(Boolean)) {
    const expanded = expand(word, seriesValuesMax - values.length);
    if (expanded === undefined)
      return { ok: false, problem: `${word}: not a value, write for example 5, 0+10x5, 3x4, _ or stale` };
    if (expanded.length + values.length > seriesValuesMax)
      return { ok: false, problem: `more than ${seriesValuesMax} values` };
    values.push(...expanded);
  }
  return { ok: true, value: values };
}

function expand(word: string, room: number): readonly (number | null)[] | undefined {
  if (word === 'stale') return [null];
  const gap = missing.exec(word);
  if (gap !== null) return Array.from({ length: Math.min(Number(gap[1] ?? 1), room + 1) }, () => null);
  if (plain.test(word)) return [Number(word)];
  const run = expanding.exec(word);
  if (run === null) return undefined;
  const [, first = '', sign = '+', step = '0', count = '0'] = run;
  const by = Number(step) * (sign === '-' ? -1 : 1);
  const length = Math.min(Number(count) + 1, room + 1);
  return Array.from({ length }, (_, index) => Number((Number(first) + by * index).toPrecision(12)));
}

/** `{service="shop", operation="GET /"}`; `{}` and nothing are the group without labels. */
export function parseGroup(text: string): Parsed<Labels> {
  const inner = /^\s*(?:\{(.*)\})?\s*$/s.exec(text)?.[1];
  if (inner === undefined && text.trim() !== '')
    return { ok: false, problem: `${text}: not a group, write for example {service="shop"}` };
  const labels: Record<string, string> = {};
  let rest = (inner ?? '').trim();
  while (rest !== '') {
    const found = /^([A-Za-z_][\w.-]*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*(,\s*|$)/s.exec(rest);
    if (found === null)
      return { ok: false, problem: `${rest}: not a label, write for example service="shop"` };
    labels[found[1] ?? ''] = (found[2] ?? '').replaceAll(/\\(.)/gs, '$1');
    rest = rest.slice(found[0].length);
  }
  return { ok: true, value: labels };
}
