import type { AlertState, Episode, PreviewNoise } from '../../schema/index.ts';
import { fingerprint } from '../ids.ts';

export const shortPageMs = 120_000;
export const flapWithinMs = 600_000;

export interface FiringStretch {
  readonly group: string;
  readonly from: number;
  /** null: still open at the end of the range. */
  readonly to: number | null;
}

/** When each group fired, whatever the severity: what a person experiences as one page. */
export function pagesOf(episodes: readonly Episode[]): FiringStretch[] {
  const pages: { group: string; from: number; to: number | null }[] = [];
  const ordered = episodes
    .map((it) => ({ group: `${it.kind === 'condition' ? '' : it.kind} ${fingerprint(it.labels)}`, it }))
    .sort((a, b) => (a.group < b.group ? -1 : a.group > b.group ? 1 : a.it.firedAt - b.it.firedAt));
  for (const { group, it } of ordered) {
    const last = pages.at(-1);
    const isPartOfLast = last?.group === group && (last.to === null || last.to >= it.firedAt);
    if (!isPartOfLast || last === undefined) pages.push({ group, from: it.firedAt, to: it.resolvedAt });
    else if (last.to !== null) last.to = it.resolvedAt === null ? null : Math.max(last.to, it.resolvedAt);
  }
  return pages;
}

export function noiseOf(pages: readonly FiringStretch[], endMs: number): PreviewNoise {
  let short = 0;
  let firingMs = 0;
  let flaps = 0;
  pages.forEach(({ group, from, to }, index) => {
    const before = pages[index - 1];
    const isOfSameGroup = before?.group === group;
    if (to !== null && to - from < shortPageMs) short += 1;
    if (isOfSameGroup && before.to !== null && from - before.to <= flapWithinMs) flaps += 1;
    firingMs += Math.max(0, (to ?? endMs) - from);
  });
  return { pages: pages.length, short, firingMs, flaps };
}

export function isFiringState(state: AlertState): boolean {
  return state === 'firing' || state === 'recovering';
}

/** `In the last 14 days this would have fired 7 times, 5 of them under 2 minutes` */
export function noiseSentence(noise: PreviewNoise, spanMs: number): string {
  const span = `In the last ${spanText(spanMs)} this`;
  if (noise.pages === 0) return `${span} would not have fired`;
  const short = noise.short === 0 ? '' : `, ${shortText(noise)} under 2 minutes`;
  return `${span} would have fired ${timesText(noise.pages)}${short}`;
}

export function timesText(count: number): string {
  return count === 0 ? 'never' : count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`;
}

function shortText({ short, pages }: PreviewNoise): string {
  return short === pages ? (pages === 1 ? 'for' : 'each') : `${short} of them`;
}

function spanText(spanMs: number): string {
  const hours = Math.round(spanMs / 3_600_000);
  if (hours >= 48) return `${Math.round(hours / 24)} days`;
  return hours >= 2 ? `${hours} hours` : `${Math.max(1, Math.round(spanMs / 60_000))} minutes`;
}
