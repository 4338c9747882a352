// Promise: pure. Takes back into account what came too late for the tick that it belongs to: a breach found then counts
// from its own tick on; a value that turns out well is only noted, since a message cannot be un-sent.
import type { Instance } from '../schema/index.ts';
import { advance, instanceKey } from './draft.ts';
import type { Seen, Subject, TickContext } from './draft.ts';
import { lookAt, subjectOf, verdictOf } from './evaluate.ts';
import type { ReadOutcome } from './evaluate.ts';
import type { Verdict } from './verdict.ts';

/** The window of a past tick, read again. */
export interface LateLook {
  readonly tickMs: number;
  readonly outcome: ReadOutcome;
}

interface Relooked {
  readonly subject: Subject;
  readonly verdicts: Map<number, Verdict>;
}

/** Looks oldest first; the draft is as it was before the tick of `context`. Returns how many verdicts changed. */
export function correctTicks(context: TickContext, looks: readonly LateLook[]): number {
  let changed = 0;
  for (const relooked of lookAgain(context, looks)) changed += correct(context, relooked);
  return changed;
}

function lookAgain(context: TickContext, looks: readonly LateLook[]): Iterable<Relooked> {
  const found = new Map<string, Relooked>();
  for (const { tickMs, outcome } of looks) {
    const then = { ...context, tickMs };
    const { views, blocked } = lookAt(then, outcome);
    if (blocked !== undefined) continue;
    for (const view of views) {
      for (const condition of context.plan.conditions) {
        const key = instanceKey(condition.key, view.labels);
        const subject = subjectOf(context.plan, { condition, view });
        const relooked = found.get(key) ?? { subject, verdicts: new Map<number, Verdict>() };
        found.set(key, relooked);
        relooked.verdicts.set(tickMs, verdictOf(then, { view, condition }));
      }
    }
  }
  return found.values();
}

interface PastTick {
  readonly tickMs: number;
  readonly seen: Seen;
  readonly flip: 'to_breach' | 'to_ok' | null;
}

function correct(context: TickContext, { subject, verdicts }: Relooked): number {
  const { draft } = context;
  const key = instanceKey(subject.condition, subject.group);
  const before = draft.instances.get(key);
  const past = pastTicks(before, verdicts);
  if (past === undefined) return 0;
  const firstBreach = past.findIndex(({ flip }) => flip === 'to_breach');
  if (before !== undefined) draft.instances.set(key, noted(context, { before, past }));
  if (firstBreach !== -1) countBreach({ context, subject, past, before }, firstBreach);
  return past.filter(({ flip }) => flip !== null).length;
}

/** The remembered ticks with what is known now; undefined when nothing grew. */
function pastTicks(
  before: Instance | undefined,
  verdicts: ReadonlyMap<number, Verdict>,
): readonly PastTick[] | undefined {
  const recent = new Map((before?.recent ?? []).map((it) => [it.tickMs, it]));
  let hasGrown = false;
  const ticks = [...new Set([...recent.keys(), ...verdicts.keys()])].sort((a, b) => a - b);
  const past = ticks.map((tickMs): PastTick => {
    const was = recent.get(tickMs);
    const now = verdicts.get(tickMs);
    if (now !== undefined && (now.samples ?? 0) > (was?.samples ?? 0)) {
      hasGrown = true;
      const seen = { ...now, verdict: now.kind, reason: `${now.reason}, known late` };
      const wasBreach = was?.verdict === 'breach';
      if (now.kind === 'breach') return { tickMs, seen, flip: wasBreach ? null : 'to_breach' };
      return { tickMs, seen, flip: wasBreach && now.kind === 'ok' ? 'to_ok' : null };
    }
    const { verdict = 'nodata', value = null, samples = null } = was ?? {};
    return { tickMs, seen: { verdict, value, samples, reason: before?.alert.reason ?? '' }, flip: null };
  });
  return hasGrown ? past : undefined;
}

function noted(
  { draft }: TickContext,
  { before, past }: { readonly before: Instance; readonly past: readonly PastTick[] },
): Instance {
  const recent = past.map(({ tickMs, seen: { verdict, value, samples } }) => ({
    tickMs,
    verdict,
    value,
    samples,
  }));
  const well = past.findLast(({ flip }) => flip === 'to_ok');
  if (well === undefined || before.episode === null) return { ...before, recent };
  const at = new Date(well.tickMs).toISOString();
  const episode = { ...before.episode, lateNote: `at ${at} ${well.seen.reason}` };
  draft.episodes.set(episode.id, episode);
  return { ...before, recent, episode };
}

interface Counting {
  readonly context: TickContext;
  readonly subject: Subject;
  readonly past: readonly PastTick[];
  readonly before: Instance | undefined;
}

function countBreach({ context, subject, past, before }: Counting, firstBreach: number): void {
  const { draft } = context;
  const key = instanceKey(subject.condition, subject.group);
  const instance = draft.instances.get(key);
  if (instance?.phase.state === 'firing') return;
  if (instance?.phase.state === 'recovering') {
    const { activeAt, firedAt, quietSince } = instance.phase;
    draft.instances.set(key, { ...instance, phase: { state: 'firing', activeAt, firedAt, quietSince } });
    return;
  }
  const resolvedAt = before?.alert.resolvedAt ?? 0;
  let start = firstBreach;
  while (isBreachAfter(past[start - 1], resolvedAt)) start -= 1;
  // What is counted by ticks keeps the ticks before those that are remembered here.
  const isCounted = subject.policy.breaches !== undefined;
  if (instance !== undefined && !isCounted)
    draft.instances.set(key, { ...instance, phase: { state: 'inactive' } });
  for (const { tickMs, seen } of past.slice(start)) advance({ ...context, tickMs }, subject, seen);
}

function isBreachAfter(past: PastTick | undefined, resolvedAt: number): boolean {
  return past !== undefined && past.seen.verdict === 'breach' && past.tickMs > resolvedAt;
}
