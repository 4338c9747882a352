import type { Episode } from '../../schema/index.ts';
import { alertId, episodeId } from '../ids.ts';
import type { RulePlan } from '../plan.ts';
import { transition } from '../transition.ts';
import type { Phase } from '../../schema/index.ts';
import type { GroupSeries, TickGrid } from './series.ts';

/** Episodes of a rule that tells when all of its data is gone. Those of single groups come with the group. */
export function noDataEpisodes(plan: RulePlan, series: readonly GroupSeries[], grid: TickGrid): Episode[] {
  const { action, scope } = plan.rule.onNoData;
  if (action !== 'alert' || scope !== 'rule') return [];
  const isPresent = new Uint8Array(grid.ticks);
  for (const { windows } of series)
    for (const { samples } of windows.values())
      samples.forEach((count, tick) => {
        if (count > 0) isPresent[tick] = 1;
      });
  const episodes: Episode[] = [];
  let phase: Phase = { state: 'inactive' };
  let open: Episode | undefined;
  for (let tick = 0; tick < grid.ticks; tick += 1) {
    const tickMs = grid.firstMs + tick * grid.everyMs;
    const verdict = isPresent[tick] === 1 ? 'ok' : 'breach';
    const step = transition(phase, { verdict, tickMs, policy: plan.noDataPolicy });
    phase = step.phase;
    if (step.event?.kind === 'trigger') open = silence(plan, { phase, tickMs });
    else if (step.event?.kind === 'resolve' && open !== undefined) {
      episodes.push({ ...open, resolvedAt: tickMs, resolveReason: step.event.reason });
      open = undefined;
    }
  }
  return open === undefined ? episodes : [...episodes, open];
}

function silence(
  plan: RulePlan,
  { phase, tickMs }: { readonly phase: Phase; readonly tickMs: number },
): Episode {
  const { uid, name, labels } = plan.rule;
  const key = { ruleUid: uid, condition: 'no_data', group: {} };
  return {
    ruleUid: uid,
    ruleName: name,
    kind: 'no_data',
    labels,
    severity: plan.conditions[0]?.severity ?? 'warning',
    op: null,
    threshold: null,
    unit: '',
    id: episodeId(key, tickMs),
    alertId: alertId(key),
    value: null,
    samples: null,
    activeAt: phase.state === 'inactive' ? tickMs : phase.activeAt,
    firedAt: tickMs,
    resolvedAt: null,
    resolveReason: null,
  };
}
