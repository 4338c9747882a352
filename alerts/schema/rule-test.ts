import { z } from 'zod';
import { duration, positiveDuration } from './duration.ts';
import { labels } from './signal.ts';

export const ruleTestsMax = 50;

/** What people are told. nodata and rule_error are triggers about the rule itself; their ends are resolves too. */
const expectedEvent = z.strictObject({
  kind: z.enum(['trigger', 'resolve', 'nodata', 'rule_error']),
  /** Labels the alert must have; it may have more. */
  group: labels.optional(),
  severity: z.enum(['info', 'warning', 'critical']).optional(),
  /** Why it ended: ok, stale, no_data, insufficient_data … */
  reason: z.string().min(1).optional(),
});

const input = z
  .strictObject({
    /**
     * Values of the signal at each step, in promtool's notation, by group: `{service="shop"}: 0+10x5 _x3 stale`. A rule
     * without groupBy has the one group `{}`.
     */
    series: z.record(z.string(), z.string().max(10_000)).optional(),
    /** Samples behind each value, in the same notation; where it says nothing there are 1000. */
    samples: z.record(z.string(), z.string().max(10_000)).optional(),
    /** Instead of series: a file of OTLP/JSON beside the rules, one export request or a list of them. */
    spansFrom: z.string().min(1).max(500).optional(),
  })
  .superRefine((it, context) => {
    if ((it.series === undefined) !== (it.spansFrom === undefined)) return;
    const message = 'needs either series or spansFrom';
    context.addIssue({ code: 'custom', path: ['series'], message });
  });

/** A test that a rule carries: values or spans in, and all that people are told of them. */
export const ruleTest = z.strictObject({
  name: z.string().min(1).max(200),
  /** Length of a step of the series. */
  every: positiveDuration.default('1m'),
  input,
  /** Times since the first step. Whatever else is told makes the test fail; the last time is where it ends. */
  expect: z
    .array(z.strictObject({ at: duration, events: z.array(expectedEvent).max(100) }))
    .min(1, 'is empty, say what happens; events: [] at the last minute says that nothing does')
    .max(100),
});
export type RuleTest = Readonly<z.infer<typeof ruleTest>>;
export type ExpectedEvent = Readonly<z.infer<typeof expectedEvent>>;
