import { previewLimits } from '../../schema/index.ts';
import type { AlertState, PreviewTick } from '../../schema/index.ts';
import { fingerprint } from '../ids.ts';
import type { RulePlan } from '../plan.ts';
import { judgeAt } from './judge-at.ts';
import type { PreviewRequest } from './preview.ts';
import type { GroupReplay } from './replay.ts';
import type { TickGrid } from './series.ts';

/** Each tick of one group: what every condition said and why. */
export function explainTicks(
  plan: RulePlan,
  replays: readonly GroupReplay[],
  { grid, explain }: { readonly grid: TickGrid; readonly explain: PreviewRequest['explain'] },
): PreviewTick[] {
  const replay = replays.find(({ series }) => series.key === fingerprint(explain?.group ?? {}));
  if (explain === undefined || replay === undefined) return [];
  const first = Math.max(0, Math.ceil((explain.from - grid.firstMs) / grid.everyMs));
  const last = Math.min(grid.ticks - 1, Math.floor((explain.to - grid.firstMs) / grid.everyMs));
  const explained: PreviewTick[] = [];
  const stateAt = statesOf(replay);
  for (let tick = first; tick <= last && explained.length < previewLimits.explainedTicksMax; tick += 1) {
    for (const condition of plan.conditions) {
      const { kind, value, samples, reason } = judgeAt(plan, replay.series, { condition, tick, grid });
      const at = grid.firstMs + tick * grid.everyMs;
      const { severity } = condition;
      explained.push({ at, severity, verdict: kind, state: stateAt(tick), value, samples, reason });
    }
  }
  return explained;
}

/** The state at a tick, asked for in ascending order. */
export function statesOf({ states }: GroupReplay): (tick: number) => AlertState {
  let next = 0;
  let state: AlertState = 'inactive';
  return (tick) => {
    for (let it = states[next]; it !== undefined && it.tick <= tick; it = states[next]) {
      state = it.state;
      next += 1;
    }
    return state;
  };
}
