import { previewLimits } from '../../schema/index.ts';
import type { PreviewSeries, PreviewStretch } from '../../schema/index.ts';
import type { RulePlan } from '../plan.ts';
import { isWorse } from './episodes.ts';
import { statesOf } from './explain.ts';
import { judgeAt } from './judge-at.ts';
import type { PreviewPorts } from './preview.ts';
import { rangeOf } from './read-series.ts';
import type { GroupReplay } from './replay.ts';
import { cellAt, joinSeries } from './series.ts';
import type { GroupSeries, TickGrid } from './series.ts';
import { verdictsOf } from './verdicts.ts';

/** The groups as a chart shows them, and what was said of them over time. */
export async function drawSeries(
  plan: RulePlan,
  replays: readonly GroupReplay[],
  { grid, ports }: { readonly grid: TickGrid; readonly ports: PreviewPorts },
): Promise<PreviewSeries[]> {
  const sampled = await sampleExactly(plan, replays, { grid, ports });
  return replays.map((replay) => ({
    group: replay.series.labels,
    points: pointsOf(plan, replay.series, { grid, sampled: sampled.get(replay.series.key) }),
    ...stretchesOf(plan, replay, grid),
  }));
}

interface Sampled {
  readonly series: GroupSeries;
  readonly stride: number;
}

/** What was read as a bound only is read again, at as many ticks as the chart has points. */
async function sampleExactly(
  plan: RulePlan,
  replays: readonly GroupReplay[],
  { grid, ports }: { readonly grid: TickGrid; readonly ports: PreviewPorts },
): Promise<ReadonlyMap<string, Sampled>> {
  const bounded = replays.filter(({ series }) =>
    [...series.windows.values()].some(({ bounds }) => bounds !== undefined),
  );
  if (bounded.length === 0) return new Map();
  const stride = strideOf(grid);
  const thin = { ...grid, everyMs: grid.everyMs * stride, ticks: Math.ceil(grid.ticks / stride) };
  const only = bounded.map(({ series }) => series.labels);
  const query = { ...rangeOf(plan, thin, plan.windowMs), groupsMax: only.length, only };
  const reading = await ports.source.readRange(query, ports.signal);
  const series = joinSeries(plan, new Map([[plan.windowMs, reading]]));
  return new Map(series.map((it) => [it.key, { series: it, stride }]));
}

function strideOf(grid: TickGrid): number {
  return Math.max(1, Math.ceil(grid.ticks / previewLimits.pointsMax));
}

function pointsOf(
  plan: RulePlan,
  series: GroupSeries,
  { grid, sampled }: { readonly grid: TickGrid; readonly sampled: Sampled | undefined },
): PreviewSeries['points'] {
  const [condition] = plan.conditions;
  const { windowMs } = plan;
  const points: PreviewSeries['points'] = [];
  const stride = strideOf(grid);
  for (let first = 0; first < grid.ticks; first += stride) {
    let worst: { at: number; value: number; samples: number } | undefined;
    for (let tick = first; tick < Math.min(first + stride, grid.ticks); tick += 1) {
      const cell = cellAt(series, { windowMs, tick, plan });
      if (cell === undefined || cell.isBound || condition === undefined) continue;
      if (worst === undefined || isWorse(condition, cell.value, worst.value))
        worst = { at: grid.firstMs + tick * grid.everyMs, value: cell.value, samples: cell.samples };
    }
    const exact =
      sampled === undefined
        ? undefined
        : cellAt(sampled.series, { windowMs, tick: first / sampled.stride, plan });
    if (worst === undefined && exact !== undefined)
      worst = { at: grid.firstMs + first * grid.everyMs, value: exact.value, samples: exact.samples };
    if (worst !== undefined) points.push(worst);
  }
  return points;
}

/** The newest, where there are more than fit. */
function stretchesOf(
  plan: RulePlan,
  replay: GroupReplay,
  grid: TickGrid,
): Pick<PreviewSeries, 'stretches' | 'hasMoreStretches'> {
  const [condition] = plan.conditions;
  if (condition === undefined) return { stretches: [], hasMoreStretches: false };
  const stretches: PreviewStretch[] = [];
  const stateAt = statesOf(replay);
  const verdictAt = verdictsOf(plan, replay.series, { condition, grid });
  for (let tick = 0; tick < grid.ticks; tick += 1) {
    const kind = verdictAt(tick);
    const state = stateAt(tick);
    const at = grid.firstMs + tick * grid.everyMs;
    const last = stretches.at(-1);
    if (last?.verdict === kind && last.state === state)
      stretches[stretches.length - 1] = { ...last, to: at, ticks: last.ticks + 1 };
    else {
      const { reason } = judgeAt(plan, replay.series, { condition, tick, grid });
      stretches.push({ from: at, to: at, ticks: 1, verdict: kind, state, reason });
    }
  }
  const { stretchesMax } = previewLimits;
  return { stretches: stretches.slice(-stretchesMax), hasMoreStretches: stretches.length > stretchesMax };
}
