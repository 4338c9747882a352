import type { Logger } from 'pino';
import type { AlertRule } from '../schema/index.ts';
import { withBaselines } from './baseline.ts';
import { commitTogether } from './commit-together.ts';
import type { Routing } from './delivery/route.ts';
import { createHealthWatch, healthUid } from './health-watch.ts';
import { createLateness } from './lateness.ts';
import type { RulePlan } from './plan.ts';
import type { AlertStore, Count, MetricSource } from './ports.ts';
import { createRuleBook } from './rule-set.ts';
import type { RuleSet } from './rule-set.ts';
import { evaluateRule, retireRule } from './rule-turn.ts';
import type { Turn } from './rule-turn.ts';
import { createTurns } from './turns.ts';

export type { RuleSet } from './rule-set.ts';

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

export interface Engine {
  /** Replaces the rules. Alerts of rules that went are resolved at the next tick; state of the others stays. */
  apply(rules: RuleSet): void;
  /**
   * Works through all ticks due at `nowMs`; returns how many messages wait in the outbox because of it. Never rejects: a
   * rule that fails is logged, counted, and due again.
   */
  tick(nowMs: number): Promise<number>;
  rules(): readonly AlertRule[];
  /** How long each enabled rule waits for late data, by uid: what `auto` comes to. */
  delaysMs(): ReadonlyMap<string, number>;
}

/** Holds no alert state of its own: each rule is loaded from the store, taken forward and committed. */
export function createEngine(options: EngineOptions): Engine {
  const { log } = options;
  const together = commitTogether(options.store);
  const source = withBaselines(options.source);
  const readTimeoutMs = options.readTimeoutMs ?? readTimeoutMsDefault;
  const { count, enqueued } = countMessages(options.count);
  const book = createRuleBook();
  const store = { ...options.store, commit: together.commit };
  const turns = createTurns({ ...options, store, source, readTimeoutMs, count });
  const health = createHealthWatch();
  const lateness = createLateness({ source, readTimeoutMs, log, count });
  const guarded = guardWith({ count, log });

  return {
    apply: (next) => {
      book.apply(next);
      turns.forget();
      lateness.forget();
    },
    tick: async (nowMs) => {
      const before = enqueued();
      await guarded('all rules', async () => await evaluate(nowMs));
      return enqueued() - before;
    },
    rules: () => book.ruleSet().rules,
    delaysMs: () => new Map(book.plans().map(({ rule, delayMs }) => [rule.uid, delayMs])),
  };

  async function evaluate(nowMs: number): Promise<void> {
    await book.refresh(async (plans) => await lateness.delayed(plans, nowMs));
    const due = book.due(nowMs);
    if (due.length === 0 && !book.mustRetire()) return;
    const round = await turns.open(book.inhibitors(), nowMs);
    const downReason = await health.look(await round.turn({ downReason: null, arrivals: undefined }));
    const arrivals = downReason === null ? await lateness.arrivals(due, nowMs) : undefined;
    if (book.mustRetire())
      await guarded('rules that are gone', async () => {
        const ruleSet = book.ruleSet();
        if (await retireGone(await round.turn({ downReason, arrivals }), ruleSet)) book.retired(ruleSet);
      });
    // What may hold others back is looked at before them, so that both failing at once is one message.
    const isSource = ({ rule }: RulePlan) => book.inhibitors().some((it) => it.mayStartFrom(rule));
    for (const group of [due.filter(isSource), due.filter((plan) => !isSource(plan))]) {
      if (group.length === 0) continue;
      const turn = await round.turn({ downReason, arrivals });
      await inLanes(group, async (plan) => await together.inside(async () => await takeTurn(turn, plan)));
    }
  }

  async function takeTurn(turn: Turn, plan: RulePlan): Promise<void> {
    await guarded(plan.rule.uid, async () => {
      const lastTick = await evaluateRule(turn, plan);
      if (lastTick !== undefined) book.ticked(plan, lastTick);
    });
  }
}

function countMessages(count: Count | undefined) {
  let enqueued = 0;
  const counted: Count = (counter, by) => {
    if (counter === 'events_enqueued') enqueued += by;
    count?.(counter, by);
  };
  return { count: counted, enqueued: () => enqueued };
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
