import type { Logger } from 'pino';
import type { ResolveReason } from '../schema/index.ts';
import { announce } from './delivery/announce.ts';
import type { Stage } from './delivery/pipeline.ts';
import { openDraft, retire } from './draft.ts';
import type { Draft } from './draft.ts';
import { evaluateTick } from './evaluate.ts';
import type { ReadOutcome } from './evaluate.ts';
import { dueTicks } from './plan.ts';
import type { RulePlan } from './plan.ts';
import { readingGroupsMax } from './ports.ts';
import type { AlertStore, Count, MetricSource, StoredRule } from './ports.ts';

/** What a rule's turn needs, the same for all rules. */
export interface Turn {
  readonly source: MetricSource;
  readonly store: AlertStore;
  readonly stages: Stage;
  readonly baseUrl: string;
  readonly readTimeoutMs: number;
  readonly log: Logger;
  readonly count: Count;
  readonly nowMs: number;
}

/** Loads a rule, takes it through its due ticks and commits; returns the last tick in the store, if it is known. */
export async function evaluateRule(turn: Turn, plan: RulePlan): Promise<number | undefined> {
  const { count, log, nowMs } = turn;
  const { uid } = plan.rule;
  const stored = await turn.store.load(uid);
  const { ticks, skipped } = dueTicks(plan, { lastTickMs: stored?.tickMs ?? null, nowMs });
  const lastTick = ticks.at(-1);
  if (lastTick === undefined) return stored?.tickMs;
  const draft = openDraft(stored?.instances ?? []);
  let groupsDropped = 0;
  for (const tickMs of ticks) {
    const outcome = await read(turn, plan, tickMs);
    groupsDropped += evaluateTick({ draft, plan, tickMs }, outcome).groupsDropped;
  }
  if (!(await commit(turn, { uid, plan, stored, draft, tickMs: lastTick }))) return undefined;
  count('ticks_evaluated', ticks.length);
  if (groupsDropped > 0) count('groups_dropped', groupsDropped);
  if (skipped > 0) {
    count('ticks_skipped', skipped);
    log.warn({ rule: uid, skipped }, 'alerting was stopped for long, older ticks are skipped');
  }
  return lastTick;
}

/** Resolves what fires under a rule that is gone and forgets its state; false when another evaluator was faster. */
export async function retireRule(
  turn: Turn,
  gone: { readonly uid: string; readonly reason: ResolveReason },
): Promise<boolean> {
  const stored = await turn.store.load(gone.uid);
  if (stored === undefined) return true;
  const draft = openDraft(stored.instances);
  for (const instance of stored.instances) retire({ draft, tickMs: turn.nowMs }, instance, gone.reason);
  return await commit(turn, { uid: gone.uid, plan: null, stored, draft, tickMs: null });
}

async function read(turn: Turn, plan: RulePlan, tickMs: number): Promise<ReadOutcome> {
  const toMs = tickMs - plan.delayMs;
  const query = {
    signal: plan.rule.signal,
    groupBy: plan.rule.groupBy,
    fromMs: toMs - plan.windowMs,
    toMs,
    groupsMax: readingGroupsMax,
  };
  const signal = AbortSignal.timeout(turn.readTimeoutMs);
  try {
    return { kind: 'read', reading: await untilAborted(turn.source.read(query, signal), signal) };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    turn.count('reads_failed', 1);
    turn.log.warn({ rule: plan.rule.uid, reason }, 'alert rule could not be read');
    return { kind: 'failed', reason };
  }
}

interface Work {
  readonly uid: string;
  readonly plan: RulePlan | null;
  readonly stored: StoredRule | undefined;
  readonly draft: Draft;
  readonly tickMs: number | null;
}

async function commit(turn: Turn, work: Work): Promise<boolean> {
  const { stages, baseUrl, nowMs } = turn;
  const { draft, plan } = work;
  const context = { plan, tickMs: work.tickMs ?? nowMs };
  const outbox = announce({ draft, stages, nowMs, baseUrl, context });
  const outcome = await turn.store.commit({
    ruleUid: work.uid,
    expectedTickMs: work.stored?.tickMs ?? null,
    tickMs: work.tickMs,
    instances: [...draft.instances.values()].filter(({ id }) => !draft.removedIds.has(id)),
    removedIds: [...draft.removedIds],
    episodes: [...draft.episodes.values()],
    outbox,
  });
  if (outcome === 'superseded') {
    turn.count('commits_superseded', 1);
    return false;
  }
  if (outbox.length > 0) turn.count('events_enqueued', outbox.length);
  return true;
}

// A source may ignore its signal; the tick must end all the same.
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(new Error('timed out', { cause: signal.reason }));
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
