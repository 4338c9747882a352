import { BARE, NIGHTJAR } from './contenders.ts';
import type { Sample } from './measure.ts';

export interface RouteFigures {
  readonly cpuUs: number;
  /** Beyond the app without an agent. */
  readonly addedCpuUs: number;
  readonly addedUserUs: number;
  readonly timesBare: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface Figures {
  readonly name: string;
  readonly version: string;
  readonly routes: Readonly<Record<string, RouteFigures>>;
  readonly rssMb: number;
  readonly addedRssMb: number;
  readonly startMs: number;
  readonly startCpuMs: number;
  readonly sentBytesPerRequest: number;
}

/** Our added CPU over that of the peer which adds least. */
export interface AgainstBest {
  readonly peer: string;
  readonly ratio: number;
}

export interface Measured {
  readonly name: string;
  readonly version: string;
  readonly samples: readonly Sample[];
}

/**
 * Medians over the rounds. What an agent adds is taken within a round, against the bare app of that same round, so that
 * a busy minute of the machine is in both.
 */
export function summarise(measured: readonly Measured[]): readonly Figures[] {
  const bare = measured.find(({ name }) => name === BARE)?.samples ?? [];
  return measured.map(({ name, version, samples }) => ({
    name,
    version,
    routes: Object.fromEntries(
      routeNames(samples).map((route) => [route, routeFigures(route, samples, bare)]),
    ),
    rssMb: round(median(samples.map(({ rssMb }) => rssMb)), 1),
    addedRssMb: round(median(samples.map(({ rssMb }, i) => rssMb - (bare[i]?.rssMb ?? 0))), 1),
    startMs: round(median(samples.map(({ startMs }) => startMs))),
    startCpuMs: round(median(samples.map(({ startCpuMs }) => startCpuMs))),
    sentBytesPerRequest: round(median(samples.map(({ sentBytesPerRequest }) => sentBytesPerRequest))),
  }));
}

export function againstBest(
  figures: readonly Figures[],
  route: string,
  measure: 'addedCpuUs' | 'addedUserUs' = 'addedCpuUs',
): AgainstBest | undefined {
  const added = (one: Figures | undefined): number =>
    one?.routes[route]?.[measure] ?? Number.POSITIVE_INFINITY;
  const [best] = figures
    .filter(({ name }) => name !== BARE && name !== NIGHTJAR)
    .toSorted((a, b) => added(a) - added(b));
  const own = figures.find(({ name }) => name === NIGHTJAR);
  return best === undefined || own === undefined
    ? undefined
    : { peer: best.name, ratio: round(added(own) / added(best), 2) };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

function routeNames(samples: readonly Sample[]): readonly string[] {
  return samples[0]?.routes.map(({ route }) => route) ?? [];
}

function routeFigures(route: string, samples: readonly Sample[], bare: readonly Sample[]): RouteFigures {
  const rows = samples.map((sample) => sample.routes.find((row) => row.route === route));
  const bareRows = bare.map((sample) => sample.routes.find((row) => row.route === route));
  const base = bareRows.map((row) => row?.cpuUs ?? 0);
  const cpuUs = rows.map((row) => row?.cpuUs ?? 0);
  return {
    cpuUs: round(median(cpuUs)),
    addedCpuUs: round(median(cpuUs.map((value, i) => value - (base[i] ?? 0)))),
    addedUserUs: round(median(rows.map((row, i) => (row?.userUs ?? 0) - (bareRows[i]?.userUs ?? 0)))),
    timesBare: round(median(cpuUs.map((value, i) => value / (base[i] ?? value))), 2),
    p50Ms: round(median(rows.map((row) => row?.p50Ms ?? 0)), 2),
    p99Ms: round(median(rows.map((row) => row?.p99Ms ?? 0)), 2),
  };
}

function round(value: number, digits = 0): number {
  return Number(value.toFixed(digits));
}
