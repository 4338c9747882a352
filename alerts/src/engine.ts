import type { Logger } from 'pino';
import type { AlertRule, Inhibition } from '../schema/index.ts';
import { withBaselines } from './baseline.ts';
import { commitTogether } from './commit-together.ts';
import { compileInhibition } from './delivery/inhibit.ts';
import type { Inhibitor } from './delivery/inhibit.ts';
import { createSilenceClock } from './delivery/recurrence.ts';
import { routeTo } from './delivery/route.ts';
import type { Routing } from './delivery/route.ts';
import { prepareStages } from './delivery/stages.ts';
import { createHealthWatch, healthUid } from './health-watch.ts';
import type { PastRead } from './late.ts';
import { createLateness } from './lateness.ts';
import { dueTicks, planRule } from './plan.ts';
import type { RulePlan } from './plan.ts';
import type { AlertStore, Count, MetricSource } from './ports.ts';
import { evaluateRule, retireRule } from './rule-turn.ts';
import type { Turn } from './rule-turn.ts';
import { shareReads } from './shared-reads.ts';

/** Rules under way at once: their commits share a transaction, while their reads wait for each other in the store. */
export const rulesInFlightMax = 64;
export const readTimeoutMsDefault = 10_000;

export interface EngineOptions {
  readonly source: MetricSource;
  readonly store: AlertStore;
  /** Names of the channels there are; a rule that names none goes to all. */
  readonly channels: readonly string[];
  readonly routing?: Routing;
  /** Where the dashboard is reached, for the links in messages. */
  readonly baseUrl: string;
  readonly log: Logger;
  readonly count?: Count;
  readonly readTimeoutMs?: number;
}

export interface RuleSet {
  readonly rules: readonly AlertRule[];
  /** False when a file or rule could not be read: a rule that is missing then is not taken for deleted. */
  readonly isComplete: boolean;
  readonly inhibitions?: readonly Inhibition[];
}

export interface Engine {
  /** Replaces the rules. Alerts of rules that went are resolved at the next tick; state of the others stays. */
  apply(rules: RuleSet): void;
  /** Works through all ticks due at `nowMs`. Never rejects: a rule that fails is logged, counted, and due again. */
  tick(nowMs: number): Promise<void>;
  rules(): readonly AlertRule[];
  /** How long each enabled rule waits for late data, by uid: what `auto` comes to. */
  delaysMs(): ReadonlyMap<string, number>;
}

/** Holds no alert state of its own: each rule is loaded from the store, taken forward and committed. */
export function createEngine(options: EngineOptions): Engine {
  const { baseUrl, log } = options;
  const together = commitTogether(options.store);
  const store = { ...options.store, commit: together.commit };
  const source = withBaselines(options.source);
  const count: Count = options.count ?? (() => undefined);
  const route = routeTo(options.channels, options.routing);
  const isActive = createSilenceClock();
  const readTimeoutMs = options.readTimeoutMs ?? readTimeoutMsDefault;
  const pastReads = new Map<string, readonly PastRead[]>();
  const shared = { store, baseUrl, readTimeoutMs, log, count, pastReads };
  const health = createHealthWatch();
  const lateness = createLateness({ source, readTimeoutMs, log, count });
  const guarded = guardWith({ count, log });
  const lastTicks = new Map<string, number>();
  let ruleSet: RuleSet = { rules: [], isComplete: false };
  let plans: readonly RulePlan[] = [];
  let inhibitors: Inhibitor[] = [];
  let mustRetire = false;

  return {
    apply,
    tick,
    rules: () => ruleSet.rules,
    delaysMs: () => new Map(plans.map(({ rule, delayMs }) => [rule.uid, delayMs])),
  };

  function apply(next: RuleSet): void {
    ruleSet = next;
    plans = next.rules.filter(({ enabled }) => enabled).map(planRule);
    inhibitors = (next.inhibitions ?? []).map(compileInhibition);
    lastTicks.clear();
    pastReads.clear();
    lateness.forget();
    mustRetire = true;
  }

  async function tick(nowMs: number): Promise<void> {
    await guarded('all rules', async () => {
      await refreshDelays(nowMs);
      const due = plans.filter((plan) => {
        const lastTickMs = lastTicks.get(plan.rule.uid) ?? null;
        return dueTicks(plan, { lastTickMs, nowMs }).ticks.length > 0;
      });
      // Who looks most often waits least.
      due.sort((a, b) => a.everyMs - b.everyMs);
      if (due.length === 0 && !mustRetire) return;
      const stagesNow = await prepareStages({ store, inhibitors, route, nowMs, isActive });
      const quiet = {
        ...shared,
        source: shareReads(source, readTimeoutMs),
        nowMs,
        downReason: null,
        arrivals: undefined,
      };
      const downReason = await health.look({ ...quiet, stages: await stagesNow() });
      const arrivals = downReason === null ? await lateness.arrivals(due, nowMs) : undefined;
      const turn = async (): Promise<Turn> => ({ ...quiet, stages: await stagesNow(), downReason, arrivals });
      if (mustRetire) await guarded('rules that are gone', async () => await settleGone(await turn()));
      // What may hold others back is looked at before them, so that both failing at once is one message.
      const isSource = ({ rule }: RulePlan) => inhibitors.some((it) => it.mayStartFrom(rule));
      for (const group of [due.filter(isSource), due.filter((plan) => !isSource(plan))]) {
        if (group.length === 0) continue;
        const now = await turn();
        await inLanes(group, async (plan) => await together.inside(async () => await takeTurn(now, plan)));
      }
    });
  }

  async function refreshDelays(nowMs: number): Promise<void> {
    const measuring = plans;
    const delayed = await lateness.delayed(measuring, nowMs);
    if (plans === measuring) plans = delayed;
  }

  async function settleGone(turn: Turn): Promise<void> {
    const settling = ruleSet;
    // Rules that were replaced meanwhile need a look of their own.
    if ((await retireGone(turn, settling)) && ruleSet === settling) mustRetire = false;
  }

  async function takeTurn(turn: Turn, plan: RulePlan): Promise<void> {
    await guarded(plan.rule.uid, async () => {
      const lastTick = await evaluateRule(turn, plan);
      if (lastTick !== undefined) lastTicks.set(plan.rule.uid, lastTick);
    });
  }
}

type Guarded = (subject: string, work: () => Promise<void>) => Promise<void>;

function guardWith({ count, log }: { readonly count: Count; readonly log: Logger }): Guarded {
  return async (subject, work) => {
    try {
      await work();
    } catch (error) {
      count('rules_failed', 1);
      log.error({ rule: subject, err: error }, 'alert rule could not be evaluated, it is tried again');
    }
  };
}

/** False when another evaluator was faster with one of them. */
async function retireGone(turn: Turn, ruleSet: RuleSet): Promise<boolean> {
  let isSettled = true;
  for (const gone of goneFrom(ruleSet, await turn.store.ruleUids())) {
    const isRetired = await retireRule(turn, gone);
    isSettled &&= isRetired;
  }
  return isSettled;
}

async function inLanes(plans: readonly RulePlan[], work: (plan: RulePlan) => Promise<void>): Promise<void> {
  const queue = [...plans];
  const lanes = Array.from({ length: Math.min(rulesInFlightMax, queue.length) }, async () => {
    for (let plan = queue.shift(); plan !== undefined; plan = queue.shift()) await work(plan);
  });
  await Promise.all(lanes);
}

function goneFrom({ rules, isComplete }: RuleSet, storedUids: readonly string[]) {
  const enabled = new Map(rules.map((rule) => [rule.uid, rule.enabled]));
  return storedUids
    .filter((uid) => uid !== healthUid)
    .filter((uid) => enabled.get(uid) === false || (isComplete && !enabled.has(uid)))
    .map((uid) => ({
      uid,
      reason: enabled.has(uid) ? ('rule_disabled' as const) : ('rule_deleted' as const),
    }));
}
