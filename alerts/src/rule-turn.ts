import type { Logger } from 'pino';
import { recentTicksMax } from '../schema/index.ts';
import type { ResolveReason } from '../schema/index.ts';
import { announce } from './delivery/announce.ts';
import type { Stage } from './delivery/pipeline.ts';
import { correctTicks } from './correct.ts';
import { openDraft, retire } from './draft.ts';
import type { Draft } from './draft.ts';
import { evaluateTick, readingsOf } from './evaluate.ts';
import type { ReadOutcome } from './evaluate.ts';
import { assumedReads, isCorrectable, lateReads } from './late.ts';
import type { PastRead } from './late.ts';
import { dueTicks } from './plan.ts';
import type { RulePlan } from './plan.ts';
import { readRule } from './read-rule.ts';
import type { AlertStore, Arrival, Count, MetricSource, StoredRule } from './ports.ts';

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
  /** Why the store answers nobody; null while it does. */
  readonly downReason: string | null;
  /** Undefined when they cannot be told. */
  readonly arrivals: readonly Arrival[] | undefined;
  /** What this process read of each rule lately. */
  readonly pastReads: Map<string, readonly PastRead[]>;
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
  await correctLate(turn, { plan, draft, tickMs: ticks[0] ?? lastTick });
  let groupsDropped = 0;
  const reads: PastRead[] = [];
  for (const tickMs of ticks) {
    const outcome = await readTick(turn, plan, tickMs);
    groupsDropped += evaluateTick({ draft, plan, tickMs }, outcome).groupsDropped;
    reads.push({ tickMs, delayMs: plan.delayMs, watermarkMs: watermarkOf(plan, outcome) });
  }
  if (!(await commitTurn(turn, { uid, plan, stored, draft, tickMs: lastTick }))) return undefined;
  turn.pastReads.set(uid, [...(turn.pastReads.get(uid) ?? []), ...reads].slice(-recentTicksMax));
  count('ticks_evaluated', ticks.length);
  if (groupsDropped > 0) count('groups_dropped', groupsDropped);
  if (skipped > 0) {
    count('ticks_skipped', skipped);
    log.warn({ rule: uid, skipped }, 'alerting was stopped for long, older ticks are skipped');
  }
  return lastTick;
}

async function readTick(turn: Turn, plan: RulePlan, tickMs: number): Promise<ReadOutcome> {
  if (turn.downReason !== null) return { kind: 'down', reason: turn.downReason };
  return await readRule(turn, plan, tickMs);
}

// What could not be read was read up to nowhere: whatever arrives for it later is worth a look.
function watermarkOf(plan: RulePlan, outcome: ReadOutcome): number {
  const marks = [...readingsOf(plan, outcome).values()].map(({ watermarkMs }) => watermarkMs);
  return marks.length === 0 ? 0 : Math.min(...marks);
}

async function correctLate(
  turn: Turn,
  { plan, draft, tickMs }: { readonly plan: RulePlan; readonly draft: Draft; readonly tickMs: number },
): Promise<void> {
  const { arrivals, downReason } = turn;
  if (arrivals === undefined || downReason !== null || !isCorrectable(plan)) return;
  const reads = turn.pastReads.get(plan.rule.uid) ?? assumedReads(plan, draft);
  const looks = [];
  for (const { tickMs: then, delayMs } of lateReads(plan, { reads, arrivals }))
    looks.push({ tickMs: then, outcome: await readRule(turn, { ...plan, delayMs }, then) });
  const corrected = correctTicks({ draft, plan, tickMs }, looks);
  if (corrected > 0) turn.count('ticks_corrected', corrected);
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
  return await commitTurn(turn, { uid: gone.uid, plan: null, stored, draft, tickMs: null });
}

interface Work {
  readonly uid: string;
  readonly plan: RulePlan | null;
  readonly stored: StoredRule | undefined;
  readonly draft: Draft;
  readonly tickMs: number | null;
}

export async function commitTurn(turn: Turn, work: Work): Promise<boolean> {
  const { stages, baseUrl, nowMs } = turn;
  const { draft, plan } = work;
  const context = { plan, tickMs: work.tickMs ?? nowMs };
  const { outbox, groupNotes } = announce({ draft, stages, nowMs, baseUrl, context });
  const outcome = await turn.store.commit({
    ruleUid: work.uid,
    expectedTickMs: work.stored?.tickMs ?? null,
    tickMs: work.tickMs,
    instances: [...draft.instances.values()].filter(({ id }) => !draft.removedIds.has(id)),
    removedIds: [...draft.removedIds],
    episodes: [...draft.episodes.values()],
    outbox,
    groupNotes,
  });
  if (outcome === 'superseded') {
    turn.count('commits_superseded', 1);
    return false;
  }
  if (outbox.length > 0) turn.count('events_enqueued', outbox.length);
  return true;
}
