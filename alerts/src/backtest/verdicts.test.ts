import fc from 'fast-check';
import { expect, it } from 'vitest';
import { alertRule } from '../../schema/index.ts';
import { planRule } from '../plan.ts';
import { judgeAt } from './judge-at.ts';
import { joinSeries } from './series.ts';
import type { TickGrid } from './series.ts';
import { countVerdicts, verdictsOf } from './verdicts.ts';

const grid: TickGrid = { firstMs: 0, everyMs: 60_000, ticks: 40 };

const condition = fc.constantFrom<object>(
  { op: '>', threshold: 5 },
  { op: '>', threshold: 5, recover: 3 },
  { op: '>=', threshold: 5, recover: 5 },
  { op: '<', threshold: 3, recover: 6 },
  { op: '<=', threshold: 3 },
  { op: 'outside', threshold: 2, upper: 7 },
  { op: '>', threshold: 5, and: [{ window: '1m', threshold: 2 }] },
);
const cells = fc.array(
  fc.record({
    value: fc.oneof(fc.integer({ min: 0, max: 10 }), fc.constant(Number.NaN)),
    samples: fc.constantFrom(0, 3, 50),
  }),
  { minLength: grid.ticks, maxLength: grid.ticks },
);

it('says of each tick what the judge says', () => {
  fc.assert(
    fc.property(
      condition,
      fc.constantFrom({}, { minSamples: 10 }),
      fc.constantFrom({}, { newGroupGrace: '5m' }),
      cells,
      (one, guard, groups, seen) => {
        const plan = planRule(
          alertRule.parse({
            uid: 'r',
            name: 'r',
            signal: { kind: 'throughput' },
            groupBy: ['service'],
            schedule: { window: '1m' },
            conditions: [{ severity: 'critical', ...one }],
            guard,
            groups,
          }),
        );
        const values = Float64Array.from(seen, ({ value }) => value);
        const samples = Uint32Array.from(seen, (it) => it.samples);
        const reading = {
          groups: [{ labels: { service: 'a' }, values, samples }],
          groupsSeen: 1,
          resolution: 'exact' as const,
        };
        const [series] = joinSeries(plan, new Map([[plan.windowMs, reading]]));
        const [first] = plan.conditions;
        if (series === undefined || first === undefined) throw new Error('no series');
        const quick = verdictsOf(plan, series, { condition: first, grid });
        for (let tick = 0; tick < grid.ticks; tick += 1) {
          const asked = judgeAt(plan, series, { condition: first, tick, grid });
          expect([tick, quick(tick)]).toEqual([tick, asked.kind]);
        }
      },
    ),
    { numRuns: 300 },
  );
});

it('counts from the first sight of a group on', async () => {
  const plan = planRule(
    alertRule.parse({
      uid: 'r',
      name: 'r',
      signal: { kind: 'throughput' },
      groupBy: ['service'],
      conditions: [{ severity: 'critical', threshold: 5 }],
    }),
  );
  const values = new Float64Array(grid.ticks).fill(1).fill(9, 20, 25);
  const samples = new Uint32Array(grid.ticks).fill(7, 10).fill(0, 30, 33);
  const groups = [{ labels: { service: 'a' }, values, samples }];
  const reading = { groups, groupsSeen: 1, resolution: 'exact' as const };
  const series = joinSeries(plan, new Map([[plan.windowMs, reading]]));
  expect(await countVerdicts(plan, series, grid)).toEqual({ ok: 22, breach: 5, nodata: 3 });
});
