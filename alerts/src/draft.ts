import type {
  Alert,
  AlertKind,
  ConditionOp,
  Episode,
  Instance,
  Labels,
  Phase,
  RecentTick,
  Severity,
  VerdictKind,
} from '../schema/index.ts';
import { recentTicksMax } from '../schema/index.ts';
import { alertId, episodeId, fingerprint } from './ids.ts';
import type { RulePlan } from './plan.ts';
import { close, transition } from './transition.ts';
import type { Step, TransitionEvent, TransitionPolicy } from './transition.ts';

/** What one alert is about; the same at every tick. */
export interface Subject {
  readonly kind: AlertKind;
  readonly condition: string;
  readonly group: Labels;
  readonly severity: Severity;
  readonly op: ConditionOp | null;
  readonly threshold: number | null;
  readonly unit: string;
  readonly policy: TransitionPolicy;
}

export interface Seen {
  readonly verdict: VerdictKind;
  readonly reason: string;
  readonly value: number | null;
  readonly samples: number | null;
  /** The group was not in the reading, whatever the verdict made of that. */
  readonly isAbsent?: boolean;
}

export interface DraftEvent {
  readonly instanceId: string;
  readonly event: TransitionEvent;
  readonly episode: Episode;
  readonly tickMs: number;
}

/** The state of one rule while its due ticks are worked through; written to the store in one commit. */
export interface Draft {
  readonly instances: Map<string, Instance>;
  readonly events: DraftEvent[];
  readonly episodes: Map<string, Episode>;
  readonly removedIds: Set<string>;
}

export interface TickContext {
  readonly draft: Draft;
  readonly plan: RulePlan;
  readonly tickMs: number;
}

export function openDraft(instances: readonly Instance[]): Draft {
  return {
    instances: new Map(instances.map((it) => [instanceKey(it.condition, it.group), it])),
    events: [],
    episodes: new Map(),
    removedIds: new Set(),
  };
}

export function instanceKey(condition: string, group: Labels): string {
  return `${condition} ${fingerprint(group)}`;
}

/** Takes one alert one tick further. */
export function advance(context: TickContext, subject: Subject, seen: Seen): void {
  const { draft, tickMs } = context;
  const key = instanceKey(subject.condition, subject.group);
  const before = draft.instances.get(key) ?? create(context, subject);
  const step = transition(before.phase, { verdict: seen.verdict, tickMs, policy: subject.policy });
  const isSeen = isEvidence(seen.verdict) && seen.isAbsent !== true;
  const refreshed: Instance = {
    ...before,
    lastSeenAt: isSeen ? Math.max(tickMs, before.lastSeenAt) : before.lastSeenAt,
    ...(isRemembered(context.plan, subject) ? { recent: remember(before, { seen, tickMs }) } : {}),
    alert: { ...before.alert, ...describe(context.plan, subject), ...measured(seen, tickMs) },
  };
  draft.instances.set(key, settle(context, refreshed, step));
  draft.removedIds.delete(before.id);
}

/** The tick at which a group appeared: this one, when it is not known yet. */
export function groupSince({ draft, plan, tickMs }: TickContext, group: Labels): number {
  const instance = draft.instances.get(instanceKey(plan.conditions[0]?.key ?? '', group));
  return instance === undefined ? tickMs : (instance.firstSeenAt ?? 0);
}

function isRemembered(plan: RulePlan, { kind }: Subject): boolean {
  return kind === 'condition' && plan.rule.schedule.correctLate;
}

function remember(
  { recent = [] }: Instance,
  { seen, tickMs }: { readonly seen: Seen; readonly tickMs: number },
): RecentTick[] {
  const { verdict, value, samples } = seen;
  const earlier = recent.filter((it) => it.tickMs < tickMs);
  return [...earlier, { tickMs, verdict, value, samples }].slice(-recentTicksMax);
}

/** Ends an alert whose rule, condition or group is gone, and forgets it after the commit. */
export function retire(
  context: Omit<TickContext, 'plan'>,
  instance: Instance,
  reason: Parameters<typeof close>[1],
): void {
  const key = instanceKey(instance.condition, instance.group);
  context.draft.instances.set(key, settle(context, instance, close(instance.phase, reason)));
  context.draft.removedIds.add(instance.id);
}

function settle(context: Omit<TickContext, 'plan'>, instance: Instance, step: Step): Instance {
  const { draft, tickMs } = context;
  const episode = nextEpisode(instance, step, tickMs);
  if (step.event !== null && episode !== null) {
    draft.episodes.set(episode.id, episode);
    draft.events.push({ instanceId: instance.id, event: step.event, episode, tickMs });
  }
  const open = isActive(step.phase) ? episode : null;
  const resolvedAt = step.event?.kind === 'resolve' ? tickMs : instance.alert.resolvedAt;
  const alert: Alert = {
    ...instance.alert,
    ...timesOf(step.phase),
    state: step.phase.state,
    episodeId: open?.id ?? null,
    resolvedAt: step.event?.kind === 'trigger' ? null : resolvedAt,
  };
  return { ...instance, phase: step.phase, episode: open, alert };
}

function nextEpisode(instance: Instance, step: Step, tickMs: number): Episode | null {
  if (step.event === null) return instance.episode;
  if (step.event.kind === 'resolve') {
    if (instance.episode === null) return null;
    return { ...instance.episode, resolvedAt: tickMs, resolveReason: step.event.reason };
  }
  const { ruleUid, ruleName, kind, labels, severity, op, threshold, unit, value, samples } = instance.alert;
  return {
    ruleUid,
    ruleName,
    kind,
    labels,
    severity,
    op,
    threshold,
    unit,
    value,
    samples,
    id: episodeId(instance, tickMs),
    alertId: instance.id,
    activeAt: timesOf(step.phase).activeAt ?? tickMs,
    firedAt: tickMs,
    resolvedAt: null,
    resolveReason: null,
  };
}

function create(context: TickContext, subject: Subject): Instance {
  const { plan, tickMs } = context;
  const { condition, group } = subject;
  const ruleUid = plan.rule.uid;
  const id = alertId({ ruleUid, condition, group });
  const alert: Alert = {
    ...describe(plan, subject),
    ...measured({ verdict: 'unknown', reason: '', value: null, samples: null }, tickMs),
    ...timesOf({ state: 'inactive' }),
    id,
    state: 'inactive',
    episodeId: null,
    resolvedAt: null,
  };
  return {
    id,
    ruleUid,
    condition,
    group,
    alert,
    phase: { state: 'inactive' },
    episode: null,
    announced: null,
    seq: 0,
    lastSeenAt: tickMs,
    firstSeenAt: tickMs,
  };
}

function describe(plan: RulePlan, subject: Subject) {
  const { kind, severity, op, threshold, unit } = subject;
  const labels = { ...plan.rule.labels, ...subject.group };
  return { ruleUid: plan.rule.uid, ruleName: plan.rule.name, kind, labels, severity, op, threshold, unit };
}

function measured(seen: Seen, tickMs: number) {
  const { verdict, reason, value, samples } = seen;
  return { value, samples, reason, lastVerdict: verdict, evaluatedAt: tickMs };
}

function isEvidence(verdict: VerdictKind): boolean {
  return verdict !== 'nodata' && verdict !== 'unknown' && verdict !== 'error';
}

function timesOf(phase: Phase): { activeAt: number | null; firedAt: number | null } {
  return {
    activeAt: phase.state === 'inactive' ? null : phase.activeAt,
    firedAt: isActive(phase) ? phase.firedAt : null,
  };
}

function isActive(phase: Phase): phase is Extract<Phase, { state: 'firing' | 'recovering' }> {
  return phase.state === 'firing' || phase.state === 'recovering';
}
