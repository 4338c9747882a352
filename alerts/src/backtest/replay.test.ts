import fc from 'fast-check';
import { expect, it } from 'vitest';
import { alertRule } from '../../schema/index.ts';
import type { Episode } from '../../schema/index.ts';
import { openDraft } from '../draft.ts';
import { evaluateTick } from '../evaluate.ts';
import { planRule } from '../plan.ts';
import { replayGroup } from './replay.ts';
import { joinSeries, readingAt } from './series.ts';
import type { TickGrid } from './series.ts';

const grid: TickGrid = { firstMs: 1_800_000_000_000, everyMs: 60_000, ticks: 90 };

const cell = fc.oneof(
  { weight: 3, arbitrary: fc.record({ value: fc.integer({ min: 0, max: 5 }), samples: fc.constant(50) }) },
  { weight: 1, arbitrary: fc.record({ value: fc.integer({ min: 6, max: 12 }), samples: fc.constant(50) }) },
  { weight: 1, arbitrary: fc.record({ value: fc.integer({ min: 0, max: 12 }), samples: fc.constant(3) }) },
  { weight: 1, arbitrary: fc.constant(undefined) },
);
// Runs rather than noise: what matters happens where a run begins or ends.
const timeline = fc
  .array(fc.tuple(cell, fc.integer({ min: 1, max: 12 })), { minLength: 8, maxLength: 40 })
  .map((runs) => runs.flatMap(([it, length]) => Array.from({ length }, () => it)).slice(0, grid.ticks));

const rules = fc.record({
  for: fc.constantFrom('0s', '2m', '5m'),
  keepFiringFor: fc.constantFrom('0s', '3m'),
  breaches: fc.constantFrom(undefined, undefined, { atLeast: 2, of: 3 }, { atLeast: 3, of: 5 }),
  guard: fc.constantFrom({}, { minSamples: 20 }),
  onNoData: fc.constantFrom(
    {},
    { action: 'resolve' as const, after: '4m' },
    { action: 'alert' as const, after: '3m', scope: 'group' as const },
    { staleResolve: '6m' },
  ),
  onInsufficient: fc.constantFrom({}, { after: '5m' }, { action: 'resolve' as const }),
  groups: fc.constantFrom({}, { newGroupGrace: '10m' }),
  conditions: fc.constantFrom(
    [{ severity: 'critical' as const, threshold: 8, recover: 6 }],
    [
      { severity: 'critical' as const, threshold: 9 },
      { severity: 'warning' as const, threshold: 6, recover: 4 },
    ],
    [{ severity: 'warning' as const, op: '<' as const, threshold: 2 }],
    [{ severity: 'info' as const, op: 'outside' as const, threshold: 1, upper: 9 }],
  ),
  signal: fc.constantFrom({ kind: 'latency' as const, quantile: 0.9 }, { kind: 'logs' as const }),
});

function planOf(part: object) {
  return planRule(
    alertRule.parse({
      uid: 'r',
      name: 'r',
      groupBy: ['service'],
      schedule: { every: '1m', delay: '0s', window: '1m', correctLate: false },
      ...part,
    }),
  );
}

it('fires and ends exactly as the engine does when it looks at every tick', () => {
  fc.assert(
    fc.property(rules, timeline, ({ breaches, ...part }, cells) => {
      const plan = planOf(breaches === undefined ? part : { ...part, breaches, for: '0s' });
      const values = Float64Array.from({ length: grid.ticks }, (_, tick) => cells[tick]?.value ?? Number.NaN);
      const samples = Uint32Array.from({ length: grid.ticks }, (_, tick) => cells[tick]?.samples ?? 0);
      const groups = [{ labels: { service: 'a' }, values, samples }];
      const reading = { groups, groupsSeen: 1, resolution: 'exact' as const };
      const [series] = joinSeries(plan, new Map([[plan.windowMs, reading]]));
      if (series === undefined) throw new Error('no series');
      const draft = openDraft([]);
      for (let tick = 0; tick < grid.ticks; tick += 1) {
        const tickMs = grid.firstMs + tick * grid.everyMs;
        const seen = readingAt(series, { windowMs: plan.windowMs, tick, plan });
        evaluateTick({ draft, plan, tickMs }, { kind: 'read', reading: seen });
      }
      const replay = replayGroup(plan, series, { grid, budget: { evaluations: 10_000 } });
      expect(replay?.episodes.map(brief)).toEqual([...draft.episodes.values()].map(brief));
    }),
    { numRuns: 400 },
  );
});

it('passes over what cannot change, and stops where its budget ends', () => {
  const plan = planOf({
    signal: { kind: 'error_rate' },
    conditions: [{ severity: 'critical', threshold: 5 }],
  });
  const values = new Float64Array(grid.ticks).fill(1).fill(9, 40, 45);
  const samples = new Uint32Array(grid.ticks).fill(100);
  const reading = {
    groups: [{ labels: { service: 'a' }, values, samples }],
    groupsSeen: 1,
    resolution: 'exact' as const,
  };
  const [series] = joinSeries(plan, new Map([[plan.windowMs, reading]]));
  if (series === undefined) throw new Error('no series');
  const budget = { evaluations: 1_000 };
  const replay = replayGroup(plan, series, { grid, budget });
  expect(1_000 - budget.evaluations).toBe(6);
  expect(replay?.states).toEqual([
    { tick: 40, state: 'firing' },
    { tick: 45, state: 'inactive' },
  ]);
  expect(replayGroup(plan, series, { grid, budget: { evaluations: 3 } })).toBeUndefined();
});

function brief({ kind, severity, activeAt, firedAt, resolvedAt, resolveReason, value }: Episode) {
  return { kind, severity, activeAt, firedAt, resolvedAt, resolveReason, value };
}
