import { durationMs } from '../schema/index.ts';
import type { SignalOf } from '../schema/index.ts';
import { fingerprint } from './ids.ts';
import type { GroupReading, MetricQuery, MetricSource, Reading } from './ports.ts';

const weekMs = 7 * 86_400_000;
const hourMs = 3_600_000;
/** Weeks that a band looks back. */
export const weeksMax = 12;
/** Windows of one hour that a band is made of. */
const windowsAnHourMax = 12;
/** Fewer values than this say nothing of what is usual. */
export const valuesMin = 6;
/** Bands kept; the one made first goes first. */
export const bandsMax = 200;
/** Groups of a band: the busiest. */
export const bandGroupsMax = 2_000;
const bandTimeoutMs = 60_000;
/** A deviation is at least this share of the median: a series that never moves must not page at a tremor. */
const deviationShareMin = 0.05;

interface Usual {
  readonly median: number;
  /** Median of the distances from it. */
  readonly deviation: number;
  readonly values: number;
}

type Band = ReadonlyMap<string, Usual>;

/**
 * Adds the signal `baseline` to a source: the distance of each group from its median at this hour of the week (UTC), in
 * median absolute deviations. A band is made once an hour, from windows of the same length in the weeks before.
 */
export function withBaselines(source: MetricSource): MetricSource {
  const bands = new Map<string, Promise<Band>>();
  return {
    ...source,
    read: async (query, signal) => {
      if (query.signal.kind !== 'baseline') return await source.read(query, signal);
      const measured = query.signal;
      const [now, band] = await Promise.all([
        source.read({ ...query, signal: measured.of }, signal),
        bandFor(query, measured),
      ]);
      return compare(now, band);
    },
  };

  async function bandFor(query: MetricQuery, measured: SignalOf<'baseline'>): Promise<Band> {
    const windowMs = query.toMs - query.fromMs;
    const hourStartMs = Math.floor((query.toMs - 1) / hourMs) * hourMs;
    const key = JSON.stringify([measured.of, measured.history, query.groupBy, windowMs, hourStartMs]);
    const known = bands.get(key);
    if (known !== undefined) return await known;
    const weeks = Math.min(weeksMax, Math.max(1, Math.floor(durationMs(measured.history) / weekMs)));
    const made = makeBand(source, { query: { ...query, signal: measured.of }, windowMs, hourStartMs, weeks });
    bands.set(key, made);
    for (const oldest of bands.keys()) if (bands.size > bandsMax) bands.delete(oldest);
    made.catch(() => bands.delete(key));
    return await made;
  }
}

interface BandAsked {
  readonly query: MetricQuery;
  readonly windowMs: number;
  readonly hourStartMs: number;
  readonly weeks: number;
}

async function makeBand(source: MetricSource, asked: BandAsked): Promise<Band> {
  // Not the reader's signal: a reader that gives up finds the band made at its next tick.
  const signal = AbortSignal.timeout(bandTimeoutMs);
  const values = new Map<string, number[]>();
  for (const toMs of pastEnds(asked)) {
    const fromMs = toMs - asked.windowMs;
    const { groups } = await source.read({ ...asked.query, fromMs, toMs, groupsMax: bandGroupsMax }, signal);
    for (const { labels, value } of groups) {
      if (value === null) continue;
      const key = fingerprint(labels);
      const own = values.get(key);
      if (own === undefined) values.set(key, [value]);
      else own.push(value);
    }
  }
  return new Map([...values].map(([key, own]) => [key, usualOf(own)]));
}

/** Ends of the windows: those that end within the hour, in each week; in the hours around it where those are few. */
function pastEnds({ windowMs, hourStartMs, weeks }: BandAsked): number[] {
  const stepMs = Math.max(windowMs, hourMs / windowsAnHourMax);
  const anHour = Math.max(1, Math.floor(hourMs / stepMs));
  const around = anHour * weeks >= valuesMin ? [0] : [-hourMs, 0, hourMs];
  return Array.from({ length: weeks }, (_, week) =>
    around.flatMap((offsetMs) =>
      Array.from(
        { length: anHour },
        (_unused, index) => hourStartMs - (week + 1) * weekMs + offsetMs + (index + 1) * stepMs,
      ),
    ),
  ).flat();
}

function usualOf(values: readonly number[]): Usual {
  const median = medianOf(values);
  return { median, deviation: medianOf(values.map((it) => Math.abs(it - median))), values: values.length };
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? 0;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? 0) + upper) / 2 : upper;
}

function compare(now: Reading, band: Band): Reading {
  return { ...now, groups: now.groups.map((group) => distance(group, band.get(fingerprint(group.labels)))) };
}

function distance({ labels, value, samples }: GroupReading, usual: Usual | undefined): GroupReading {
  if (value === null) return { labels, value, samples };
  if (usual === undefined || usual.values < valuesMin) {
    const count = usual?.values ?? 0;
    return {
      labels,
      samples,
      value: null,
      note: `${count} values in the weeks before, a baseline needs ${valuesMin}`,
    };
  }
  const { median } = usual;
  const deviation = Math.max(usual.deviation, deviationShareMin * Math.abs(median), Number.EPSILON);
  const note = `${shown(value)}, usually ${shown(median)} ± ${shown(deviation)} at this hour`;
  return { labels, samples, value: (value - median) / deviation, note };
}

function shown(value: number): string {
  return String(Math.abs(value) >= 1_000 ? Math.round(value) : Number(value.toPrecision(3)));
}
