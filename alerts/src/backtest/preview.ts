import { setImmediate } from 'node:timers/promises';
import { previewLimits } from '../../schema/index.ts';
import type { AlertRule, Episode, Labels, RulePreview } from '../../schema/index.ts';
import { planRule, withTicksOf } from '../plan.ts';
import type { RulePlan } from '../plan.ts';
import { describeEpisode } from './episodes.ts';
import { explainTicks } from './explain.ts';
import { noDataEpisodes } from './no-data.ts';
import { noiseOf, noiseSentence, pagesOf, timesText } from './noise.ts';
import type { RangeReading, RangeSource } from './range.ts';
import { replayGroup } from './replay.ts';
import type { GroupReplay, ReplayBudget } from './replay.ts';
import { readSeries } from './read-series.ts';
import type { GroupSeries, TickGrid } from './series.ts';
import { joinSeries, watchedOf } from './series.ts';
import { drawSeries } from './draw.ts';
import { variantsOf } from './suggest.ts';
import { countVerdicts } from './verdicts.ts';

/** Ticks evaluated one by one, over all groups and suggestions; a rule that fires all the time reaches it. */
export const evaluationsMax = 400_000;
/** Ticks of a range: two weeks of a tick each half minute. */
export const previewTicksMax = 41_000;

export interface PreviewRequest {
  readonly rule: AlertRule;
  readonly fromMs: number;
  readonly toMs: number;
  readonly explain?: { readonly group: Labels; readonly from: number; readonly to: number } | undefined;
  /** Quieter forms are worked out too, unless it says not to. */
  readonly suggests?: boolean;
}

export interface PreviewPorts {
  readonly source: RangeSource;
  readonly signal: AbortSignal;
  /** Milliseconds of a clock that never goes back. */
  readonly elapsedMs?: () => number;
}

/** Replays the engine over stored data: what this rule would have done. Rejects when the data cannot be read. */
export async function previewRule(request: PreviewRequest, ports: PreviewPorts): Promise<RulePreview> {
  const elapsed = ports.elapsedMs ?? (() => performance.now());
  const startedMs = elapsed();
  const { rule } = request;
  const given = planRule(rule);
  const grid = gridOf(given, request, ports.source);
  const plan = withTicksOf(given, grid.everyMs);
  const readings = await readSeries(plan, grid, ports);
  const series = joinSeries(plan, readings);
  const watched = watchedOf(plan, series);
  const budget: ReplayBudget = { evaluations: evaluationsMax };
  const replays = await replayAll(plan, watched, { grid, budget });
  const endMs = grid.firstMs + grid.ticks * grid.everyMs;
  const episodes = [...replays.flatMap((it) => it.episodes), ...noDataEpisodes(plan, watched, grid)];
  const noise = noiseOf(pagesOf(episodes), endMs);
  const suggestions = [];
  for (const { rule: quieter, change, patch } of request.suggests === false ? [] : variantsOf(rule, noise)) {
    const again = withTicksOf(planRule(quieter), grid.everyMs);
    const touched = replays.filter((it) => it.episodes.length > 0).map((it) => it.series);
    const fewer = await replayAll(again, touched, { grid, budget });
    const heard = noiseOf(pagesOf(fewer.flatMap((it) => it.episodes)), endMs);
    if (heard.pages < noise.pages && budget.evaluations > 0)
      suggestions.push({ change, patch, noise: heard });
  }
  const shown = inOrderOfInterest(replays).slice(0, previewLimits.seriesMax);
  const drawn = await drawSeries(plan, shown, { grid, ports });
  const isPartial = replays.length < watched.length;
  const spanMs = grid.ticks * grid.everyMs;
  return {
    ruleUid: rule.uid,
    from: grid.firstMs,
    to: endMs - grid.everyMs,
    everyMs: grid.everyMs,
    ticks: grid.ticks,
    unit: plan.unit,
    resolution: resolutionOf(readings, grid.everyMs > plan.everyMs),
    groups: { seen: seenOf(readings, series.length), watched: replays.length },
    isPartial,
    noise,
    summary: `${noiseSentence(noise, spanMs)}${remedyOf(suggestions, noise.pages)}.`,
    episodes: newestFirst(episodes)
      .slice(0, previewLimits.episodesMax)
      .map((it) => describeEpisode(it, { plan, grid, watched })),
    episodesTotal: episodes.length,
    series: drawn,
    verdicts: await countVerdicts(plan, watched, grid),
    suggestions,
    explained: explainTicks(plan, replays, { grid, explain: request.explain }),
    tookMs: Math.round(elapsed() - startedMs),
  };
}

/** Ticks at the rule's own times, inside the range; further apart where the signal is expensive or the range long. */
function gridOf(plan: RulePlan, { fromMs, toMs }: PreviewRequest, source: RangeSource): TickGrid {
  const { everyMs, offsetMs } = plan;
  const lastK = Math.floor((toMs - offsetMs) / everyMs);
  const firstK = Math.min(lastK, Math.ceil((fromMs - offsetMs) / everyMs));
  const wanted = lastK - firstK + 1;
  const stride = Math.max(source.strideOf(plan.rule.signal, wanted), Math.ceil(wanted / previewTicksMax));
  const ticks = Math.max(1, Math.floor(wanted / stride));
  return {
    ticks,
    everyMs: everyMs * stride,
    firstMs: (lastK - (ticks - 1) * stride) * everyMs + offsetMs,
  };
}

async function replayAll(
  plan: RulePlan,
  series: readonly GroupSeries[],
  at: { readonly grid: TickGrid; readonly budget: ReplayBudget },
): Promise<GroupReplay[]> {
  const replays: GroupReplay[] = [];
  for (const group of series) {
    const replay = replayGroup(plan, group, at);
    if (replay === undefined) break;
    replays.push(replay);
    // The process has requests to answer meanwhile.
    if (at.budget.evaluations % 64 === 0 || replay.episodes.length > 0) await setImmediate();
  }
  return replays;
}

function inOrderOfInterest(replays: readonly GroupReplay[]): GroupReplay[] {
  return replays.toSorted(
    (a, b) => b.episodes.length - a.episodes.length || b.series.samplesTotal - a.series.samplesTotal,
  );
}

function newestFirst(episodes: readonly Episode[]): Episode[] {
  return episodes.toSorted((a, b) => b.firedAt - a.firedAt || (a.id < b.id ? -1 : 1));
}

function remedyOf(
  suggestions: readonly { readonly change: string; readonly noise: { readonly pages: number } }[],
  pages: number,
): string {
  const best = suggestions.find(({ noise }) => noise.pages <= pages / 2);
  if (best === undefined || pages < 2) return '';
  return `; with ${best.change} it would ${best.noise.pages === 0 ? 'never have fired' : `have fired ${timesText(best.noise.pages)}`}`;
}

function resolutionOf(
  readings: ReadonlyMap<number, RangeReading>,
  isThinned: boolean,
): RulePreview['resolution'] {
  if (isThinned) return 'thinned';
  return [...readings.values()].some(({ resolution }) => resolution === 'minute') ? 'minute' : 'exact';
}

function seenOf(readings: ReadonlyMap<number, RangeReading>, joined: number): number {
  return Math.max(joined, ...[...readings.values()].map(({ groupsSeen }) => groupsSeen));
}
