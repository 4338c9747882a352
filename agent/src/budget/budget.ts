/**
 * Holds the agent's own time against a share of the thread's, and sheds detail while it is above: call sites first, then
 * attributes and events that no count and no finding rests on. Counts are never shed.
 */
export type ShedDetail = 'call_site' | 'attribute' | 'event';

export interface Budget {
  /** Called once a second. */
  readonly tick: () => void;
  /** May one more call site be taken? A no is counted. */
  readonly allowsCallSite: () => boolean;
  readonly isLight: () => boolean;
  readonly noteShed: (detail: ShedDetail, items: number) => void;
  /** Of one thread's time, 0 to 1, over the last tick. */
  readonly share: () => number;
  /** 0 all, 1 few call sites, 2 few attributes and events too. */
  readonly level: () => number;
  readonly shed: ReadonlyMap<ShedDetail, number>;
}

export interface BudgetPorts {
  readonly percent: number;
  readonly nowMs: () => number;
  /** Of the agent, since the start. */
  readonly selfMs: () => number;
  readonly onLevel?: (level: number, share: number) => void;
}

const LEVEL_MAX = 2;
/** One busy second is a burst; three are a load. */
const TICKS_ABOVE = 3;
const TICKS_BELOW = 10;
/** Below this part of the budget detail comes back, so that it does not flap around the limit. */
const RETURN_PART = 0.6;
/** While call sites are shed so many a second are still taken: a finding that stays will have its line. */
const CALL_SITES_A_TICK = 10;

export function createBudget({ percent, nowMs, selfMs, onLevel }: BudgetPorts): Budget {
  const shed = new Map<ShedDetail, number>();
  let last = { nowMs: nowMs(), selfMs: selfMs() };
  let share = 0;
  let level = 0;
  let above = 0;
  let below = 0;
  let callSites = 0;

  const noteShed = (detail: ShedDetail, items: number): void => {
    if (items > 0) shed.set(detail, (shed.get(detail) ?? 0) + items);
  };
  const moveTo = (next: number): void => {
    above = 0;
    below = 0;
    if (next === level) return;
    level = next;
    onLevel?.(level, share);
  };
  return {
    shed,
    noteShed,
    share: () => share,
    level: () => level,
    isLight: () => level >= 2,
    allowsCallSite: () => {
      if (level === 0 || callSites++ < CALL_SITES_A_TICK) return true;
      noteShed('call_site', 1);
      return false;
    },
    tick: () => {
      callSites = 0;
      const current = { nowMs: nowMs(), selfMs: selfMs() };
      const elapsedMs = current.nowMs - last.nowMs;
      if (elapsedMs <= 0) return;
      share = Math.min(1, (current.selfMs - last.selfMs) / elapsedMs);
      last = current;
      above = share * 100 > percent ? above + 1 : 0;
      below = share * 100 < percent * RETURN_PART ? below + 1 : 0;
      if (above >= TICKS_ABOVE) moveTo(Math.min(level + 1, LEVEL_MAX));
      else if (below >= TICKS_BELOW) moveTo(Math.max(level - 1, 0));
    },
  };
}
