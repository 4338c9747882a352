import type { Logger } from 'pino';
import type { AlertRule } from '../schema/index.ts';
import { announce } from './delivery/announce.ts';
import { dedup } from './delivery/dedup.ts';
import { sequence } from './delivery/pipeline.ts';
import { routeTo } from './delivery/route.ts';
import { worstFirst } from './delivery/worst-first.ts';
import { openDraft, retire } from './draft.ts';
import type { Draft } from './draft.ts';
import { evaluateTick } from './evaluate.ts';
import type { ReadOutcome } from './evaluate.ts';
import { dueTicks, planRule } from './plan.ts';
import type { RulePlan } from './plan.ts';
import type { AlertStore, CommitBatch, Count, MetricSource, OutboxRow, StoredRule } from './ports.ts';
import { readingGroupsMax } from './ports.ts';

export const rulesInFlightMax = 4;
export const readTimeoutMsDefault = 10_000;

export interface EngineOptions {
  readonly source: MetricSource;
  readonly store: AlertStore;
  /** Names of the channels there are; a rule that names none goes to all. */
  readonly channels: readonly string[];
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
}

export interface Engine {
  /** Replaces the rules. Alerts of rules that went are resolved at the next tick; state of the others stays. */
  apply(rules: RuleSet): void;
  /** Works through all ticks due at `nowMs`. Never rejects: a rule that fails is logged, counted, and due again. */
  tick(nowMs: number): Promise<void>;
  rules(): readonly AlertRule[];
}

/** Holds no alert state of its own: each rule is loaded from the store, taken forward and committed. */
export function createEngine(options: EngineOptions): Engine {
  const { store, log } = options;
  const count: Count = options.count ?? (() => undefined);
  const stages = sequence(dedup, worstFirst, routeTo(options.channels));
  const lastTicks = new Map<string, number>();
  let ruleSet: RuleSet = { rules: [], isComplete: false };
  let plans: RulePlan[] = [];
  let mustRetire = false;

  return { apply, tick, rules: () => ruleSet.rules };

  function apply(next: RuleSet): void {
    ruleSet = next;
    plans = next.rules.filter(({ enabled }) => enabled).map(planRule);
    lastTicks.clear();
    mustRetire = true;
  }

  async function tick(nowMs: number): Promise<void> {
    if (mustRetire) await guarded('rules that are gone', async () => await retireGone(nowMs));
    const queue = plans.filter((plan) => {
      const lastTickMs = lastTicks.get(plan.rule.uid) ?? null;
      return dueTicks(plan, { lastTickMs, nowMs }).ticks.length > 0;
    });
    const lanes = Array.from({ length: Math.min(rulesInFlightMax, queue.length) }, async () => {
      for (let plan = queue.shift(); plan !== undefined; plan = queue.shift()) {
        const due = plan;
        await guarded(due.rule.uid, async () => await evaluateRule(due, nowMs));
      }
    });
    await Promise.all(lanes);
  }

  async function evaluateRule(plan: RulePlan, nowMs: number): Promise<void> {
    const { uid } = plan.rule;
    const stored = await store.load(uid);
    const { ticks, skipped } = dueTicks(plan, { lastTickMs: stored?.tickMs ?? null, nowMs });
    const lastTick = ticks.at(-1);
    if (lastTick === undefined) {
      if (stored !== undefined) lastTicks.set(uid, stored.tickMs);
      return;
    }
    const draft = openDraft(stored?.instances ?? []);
    let groupsDropped = 0;
    for (const tickMs of ticks) {
      const outcome = await read(plan, tickMs);
      groupsDropped += evaluateTick({ draft, plan, tickMs }, outcome).groupsDropped;
    }
    const outbox = announce({
      draft,
      stages,
      nowMs,
      context: { plan, tickMs: lastTick },
      baseUrl: options.baseUrl,
    });
    const batch = toBatch({ uid, stored, draft, outbox, tickMs: lastTick });
    if (!(await commit(batch))) return;
    lastTicks.set(uid, lastTick);
    count('ticks_evaluated', ticks.length);
    if (groupsDropped > 0) count('groups_dropped', groupsDropped);
    if (skipped === 0) return;
    count('ticks_skipped', skipped);
    log.warn({ rule: uid, skipped }, 'alerting was stopped for long, older ticks are skipped');
  }

  async function read(plan: RulePlan, tickMs: number): Promise<ReadOutcome> {
    const toMs = tickMs - plan.delayMs;
    const query = {
      signal: plan.rule.signal,
      groupBy: plan.rule.groupBy,
      fromMs: toMs - plan.windowMs,
      toMs,
      groupsMax: readingGroupsMax,
    };
    const signal = AbortSignal.timeout(options.readTimeoutMs ?? readTimeoutMsDefault);
    try {
      return { kind: 'read', reading: await untilAborted(options.source.read(query, signal), signal) };
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      count('reads_failed', 1);
      log.warn({ rule: plan.rule.uid, reason }, 'alert rule could not be read');
      return { kind: 'failed', reason };
    }
  }

  async function retireGone(nowMs: number): Promise<void> {
    const settling = ruleSet;
    let isSettled = true;
    const active = new Set(plans.map(({ rule }) => rule.uid));
    const disabled = new Set(ruleSet.rules.filter(({ enabled }) => !enabled).map(({ uid }) => uid));
    for (const uid of await store.ruleUids()) {
      if (active.has(uid) || !(disabled.has(uid) || ruleSet.isComplete)) continue;
      const stored = await store.load(uid);
      if (stored === undefined) continue;
      const draft = openDraft(stored.instances);
      const reason = disabled.has(uid) ? 'rule_disabled' : 'rule_deleted';
      for (const instance of stored.instances) retire({ draft, tickMs: nowMs }, instance, reason);
      const outbox = announce({
        draft,
        stages,
        nowMs,
        context: { plan: null, tickMs: nowMs },
        baseUrl: options.baseUrl,
      });
      const isCommitted = await commit(toBatch({ uid, stored, draft, outbox, tickMs: null }));
      isSettled &&= isCommitted;
    }
    // Rules that were replaced meanwhile need a look of their own.
    if (isSettled && ruleSet === settling) mustRetire = false;
  }

  async function commit(batch: CommitBatch): Promise<boolean> {
    const outcome = await store.commit(batch);
    if (outcome === 'superseded') {
      count('commits_superseded', 1);
      return false;
    }
    if (batch.outbox.length > 0) count('events_enqueued', batch.outbox.length);
    return true;
  }

  async function guarded(subject: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      count('rules_failed', 1);
      log.error({ rule: subject, err: error }, 'alert rule could not be evaluated, it is tried again');
    }
  }
}

function toBatch(work: {
  readonly uid: string;
  readonly stored: StoredRule | undefined;
  readonly draft: Draft;
  readonly outbox: readonly OutboxRow[];
  readonly tickMs: number | null;
}): CommitBatch {
  const { draft } = work;
  return {
    ruleUid: work.uid,
    expectedTickMs: work.stored?.tickMs ?? null,
    tickMs: work.tickMs,
    instances: [...draft.instances.values()].filter(({ id }) => !draft.removedIds.has(id)),
    removedIds: [...draft.removedIds],
    episodes: [...draft.episodes.values()],
    outbox: work.outbox,
  };
}

// A source may ignore its signal; the tick must end all the same.
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(new Error('timed out', { cause: signal.reason }));
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
