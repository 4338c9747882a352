import { expect, it } from 'vitest';
import { phase } from '../schema/index.ts';
import type { Phase, VerdictKind } from '../schema/index.ts';
import { close, transition } from './transition.ts';
import type { TransitionPolicy } from './transition.ts';

const m = 60_000;
const t = 100 * m;
const policy: TransitionPolicy = {
  forMs: 5 * m,
  keepFiringForMs: 2 * m,
  insufficientAfterMs: 30 * m,
  absentAfterMs: 60 * m,
  absentReason: 'stale',
};
const immediate = { ...policy, forMs: 0, keepFiringForMs: 0 };

const inactive: Phase = { state: 'inactive' };
const pendingFor = (ms: number): Phase => ({ state: 'pending', activeAt: t - ms });
const times = { activeAt: t - 10 * m, firedAt: t - 5 * m };
const firing = (quietMs?: number): Phase => ({
  state: 'firing',
  ...times,
  quietSince: quietMs === undefined ? null : t - quietMs,
});
const recoveringFor = (ms: number, quietMs?: number): Phase => ({
  state: 'recovering',
  ...times,
  quietSince: quietMs === undefined ? null : t - quietMs,
  okSince: t - ms,
});

type Row = readonly [
  name: string,
  from: Phase,
  verdict: VerdictKind,
  to: Phase,
  event?: string,
  policy?: TransitionPolicy,
];

const fired = (activeAt: number): Phase => ({ state: 'firing', activeAt, firedAt: t, quietSince: null });

const table: readonly Row[] = [
  ['inactive, breach, for', inactive, 'breach', pendingFor(0)],
  ['inactive, breach, no for', inactive, 'breach', fired(t), 'trigger', immediate],
  ['inactive, deadband', inactive, 'deadband', inactive],
  ['inactive, ok', inactive, 'ok', inactive],
  ['inactive, insufficient', inactive, 'insufficient', inactive],
  ['inactive, nodata', inactive, 'nodata', inactive],
  ['inactive, unknown', inactive, 'unknown', inactive],
  ['inactive, error', inactive, 'error', inactive],

  ['pending, breach, too early', pendingFor(5 * m - 1), 'breach', pendingFor(5 * m - 1)],
  ['pending, breach, for is over', pendingFor(5 * m), 'breach', fired(t - 5 * m), 'trigger'],
  ['pending, deadband', pendingFor(5 * m), 'deadband', inactive],
  ['pending, ok', pendingFor(5 * m), 'ok', inactive],
  ['pending, insufficient', pendingFor(5 * m), 'insufficient', inactive],
  ['pending, nodata', pendingFor(5 * m), 'nodata', inactive],
  ['pending, unknown: holds, does not fire', pendingFor(9 * m), 'unknown', pendingFor(9 * m)],
  ['pending, error: holds, does not fire', pendingFor(9 * m), 'error', pendingFor(9 * m)],

  ['firing, breach', firing(), 'breach', firing()],
  ['firing, breach after silence: the silence is over', firing(7 * m), 'breach', firing()],
  [
    'firing, breach, for was raised above what has passed',
    firing(),
    'breach',
    { state: 'pending', activeAt: t - 10 * m },
    'resolve rule_changed',
    { ...policy, forMs: 11 * m },
  ],
  ['firing, deadband', firing(), 'deadband', firing()],
  ['firing, deadband after silence: the silence is over', firing(7 * m), 'deadband', firing()],
  ['firing, ok, keep', firing(), 'ok', recoveringFor(0)],
  ['firing, ok, no keep', firing(), 'ok', inactive, 'resolve ok', immediate],
  ['firing, insufficient, first', firing(), 'insufficient', firing(0)],
  ['firing, insufficient, not long enough', firing(30 * m - 1), 'insufficient', firing(30 * m - 1)],
  ['firing, insufficient, too long', firing(30 * m), 'insufficient', inactive, 'resolve insufficient_data'],
  [
    'firing, insufficient, resolve at once',
    firing(),
    'insufficient',
    inactive,
    'resolve insufficient_data',
    { ...policy, insufficientAfterMs: 0 },
  ],
  ['firing, nodata, first', firing(), 'nodata', firing(0)],
  ['firing, nodata, not long enough', firing(60 * m - 1), 'nodata', firing(60 * m - 1)],
  ['firing, nodata, too long', firing(60 * m), 'nodata', inactive, 'resolve stale'],
  [
    'firing, nodata, the rule resolves on no data',
    firing(10 * m),
    'nodata',
    inactive,
    'resolve no_data',
    { ...policy, absentAfterMs: 10 * m, absentReason: 'no_data' },
  ],
  ['firing, unknown', firing(90 * m), 'unknown', firing(90 * m)],
  ['firing, error', firing(90 * m), 'error', firing(90 * m)],

  ['recovering, breach: no message', recoveringFor(m), 'breach', firing()],
  ['recovering, deadband: no message', recoveringFor(m), 'deadband', firing()],
  ['recovering, ok, too early', recoveringFor(2 * m - 1), 'ok', recoveringFor(2 * m - 1)],
  ['recovering, ok, keep is over', recoveringFor(2 * m), 'ok', inactive, 'resolve ok'],
  ['recovering, insufficient', recoveringFor(5 * m), 'insufficient', recoveringFor(5 * m, 0)],
  [
    'recovering, insufficient, too long: must end some day',
    recoveringFor(40 * m, 30 * m),
    'insufficient',
    inactive,
    'resolve insufficient_data',
  ],
  ['recovering, nodata', recoveringFor(5 * m), 'nodata', recoveringFor(5 * m, 0)],
  ['recovering, nodata, too long', recoveringFor(70 * m, 60 * m), 'nodata', inactive, 'resolve stale'],
  ['recovering, unknown', recoveringFor(5 * m), 'unknown', recoveringFor(5 * m)],
  ['recovering, error', recoveringFor(5 * m), 'error', recoveringFor(5 * m)],
];

const counting = { ...immediate, breaches: { atLeast: 3, spanMs: 4 * m } };
const pendingWith = (...agoMs: number[]): Phase => ({
  state: 'pending',
  activeAt: t - (agoMs[0] ?? 0),
  breachedAt: agoMs.map((ms) => t - ms),
});
const firingWith = (...agoMs: number[]): Phase => ({
  state: 'firing',
  ...times,
  quietSince: null,
  ...(agoMs.length === 0 ? {} : { breachedAt: agoMs.map((ms) => t - ms) }),
});

/** With breaches: three of the last five ticks. */
const countingTable: readonly Row[] = [
  ['inactive, breach', inactive, 'breach', pendingWith(0)],
  ['inactive, ok', inactive, 'ok', inactive],
  ['pending, the second', pendingWith(m), 'breach', pendingWith(m, 0)],
  [
    'pending, the third within five ticks',
    pendingWith(4 * m, m),
    'breach',
    { state: 'firing', activeAt: t - 4 * m, firedAt: t, quietSince: null, breachedAt: [t - 4 * m, t - m, t] },
    'trigger',
  ],
  ['pending, the third when the first counts no more', pendingWith(5 * m, m), 'breach', pendingWith(m, 0)],
  ['pending, ok: goes on counting', pendingWith(3 * m, m), 'ok', pendingWith(3 * m, m)],
  ['pending, insufficient: goes on counting', pendingWith(m), 'insufficient', pendingWith(m)],
  ['pending, nodata, the last counts no more', pendingWith(5 * m), 'nodata', inactive],
  ['pending, unknown: holds', pendingWith(9 * m), 'unknown', pendingWith(9 * m)],
  ['firing, ok, as many still breach', firingWith(3 * m, 2 * m, m), 'ok', firingWith(3 * m, 2 * m, m)],
  ['firing, ok, too few breach', firingWith(5 * m, 2 * m, m), 'ok', inactive, 'resolve ok'],
  ['firing, ok, none is known: it fired under another rule', firingWith(), 'ok', inactive, 'resolve ok'],
  ['firing, breach, too few', firingWith(5 * m), 'breach', firingWith(0)],
  ['firing, error', firingWith(m), 'error', firingWith(m)],
];

it.each(rowsOf(countingTable))('three of five ticks: $name', ({ from, verdict, to, event }) => {
  const step = transition(from, { verdict, tickMs: t, policy: counting });
  // As a store gives it back.
  expect(phase.parse(step.phase)).toEqual(to);
  expect(eventText(step.event)).toBe(event);
});

it('a tick that is looked at again later counts what had breached by then, and forgets nothing after it', () => {
  const step = transition(pendingWith(2 * m, 0), {
    verdict: 'breach',
    tickMs: t - m,
    policy: { ...counting, breaches: { atLeast: 2, spanMs: 4 * m } },
  });
  expect(step.phase).toEqual({
    state: 'firing',
    activeAt: t - 2 * m,
    firedAt: t - m,
    quietSince: null,
    breachedAt: [t - 2 * m, t - m, t],
  });
});

it('remembers no more ticks than a store takes, should the rule now look less often', () => {
  const many = Array.from({ length: 200 }, (_, index) => (200 - index) * 1_000);
  const policyNow = { ...counting, breaches: { atLeast: 30, spanMs: 29 * m } };
  const step = transition(pendingWith(...many), { verdict: 'breach', tickMs: t, policy: policyNow });
  expect(phase.safeParse(step.phase).success).toBe(true);
});

it.each(rowsOf(table))('$name', ({ from, verdict, to, event, given }) => {
  const step = transition(from, { verdict, tickMs: t, policy: given });
  expect(step.phase).toEqual(to);
  expect(eventText(step.event)).toBe(event);
});

it.each([
  ['inactive', inactive, ''],
  ['pending', pendingFor(m), ''],
  ['firing', firing(), 'resolve rule_deleted'],
  ['recovering', recoveringFor(m), 'resolve rule_deleted'],
] as const)('closing from %s', (_name, from, event) => {
  const step = close(from, 'rule_deleted');
  expect(step.phase).toEqual(inactive);
  expect(eventText(step.event)).toBe(event);
});

function eventText(event: ReturnType<typeof close>['event']): string {
  if (event === null) return '';
  return event.kind === 'resolve' ? `resolve ${event.reason}` : event.kind;
}

function rowsOf(from: readonly Row[]) {
  return from.map(([name, phaseBefore, verdict, to, event = '', given = policy]) => ({
    name,
    from: phaseBefore,
    verdict,
    to,
    event,
    given,
  }));
}
