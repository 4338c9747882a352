import { z } from 'zod';
import { duration, durationMs, positiveDuration } from './duration.ts';
import { matcher } from './matcher.ts';
import { notify } from './notify.ts';
import { ruleTest, ruleTestsMax } from './rule-test.ts';
import { labels, signal } from './signal.ts';
import type { Signal } from './signal.ts';

export const groupsMaxDefault = 500;
export const groupsMaxLimit = 5_000;
/** Ticks that `breaches` looks back over. */
export const breachesOfMax = 30;

const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_.-]{0,79}$/, 'must be 1 to 80 of a-z 0-9 _ . - and begin with a letter or digit');

/** Begins the uids of what the product watches about itself. */
export const reservedUidPrefix = 'nightjar.';

export const severity = z.enum(['info', 'warning', 'critical']);
export type Severity = z.infer<typeof severity>;
const severityRank: Readonly<Record<Severity, number>> = { info: 0, warning: 1, critical: 2 };

export const conditionOp = z.enum(['>', '>=', '<', '<=', 'outside']);
export type ConditionOp = z.infer<typeof conditionOp>;
const orderOp = conditionOp.exclude(['outside']);

export const condition = z
  .strictObject({
    severity,
    op: conditionOp.default('>'),
    threshold: z.number(),
    /** Only with `outside`: the range threshold..upper is good. */
    upper: z.number().optional(),
    /** Where the value must be back to before it counts as ok; between the two it holds. */
    recover: z.number().optional(),
    /** The same signal over other windows, which must breach too: fast to fire, and fast to end. */
    and: z
      .array(z.strictObject({ window: positiveDuration, op: orderOp.default('>'), threshold: z.number() }))
      .max(3)
      .optional(),
    channels: z.array(name).min(1).optional(),
  })
  .superRefine((it, context) => {
    const refuse = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    if (it.op === 'outside') {
      if (it.upper === undefined)
        refuse('upper', 'is missing, op outside needs the upper end of the good range');
      else if (it.upper <= it.threshold) refuse('upper', `must be above threshold ${it.threshold}`);
      if (it.recover !== undefined) refuse('recover', 'does not go with op outside, remove it');
      return;
    }
    if (it.upper !== undefined) refuse('upper', 'only goes with op outside, remove it');
    if (it.recover === undefined) return;
    const above = it.op === '>' || it.op === '>=';
    if (above && it.recover > it.threshold)
      refuse('recover', `is beyond the threshold, write ${it.threshold} or less`);
    if (!above && it.recover < it.threshold)
      refuse('recover', `is beyond the threshold, write ${it.threshold} or more`);
  });
export type Condition = Readonly<z.infer<typeof condition>>;

/** A rule as a file holds it and as the API shows it: durations stay text, defaults are filled in. */
export const alertRule = z
  .strictObject({
    apiVersion: z.literal('v1').default('v1'),
    /** The identity of the rule's state: stays when the name changes. */
    uid: name.refine(
      (uid) => !uid.startsWith(reservedUidPrefix),
      `must not begin with ${reservedUidPrefix}, which names what is watched without a rule`,
    ),
    name: z.string().min(1).max(200),
    enabled: z.boolean().default(true),
    owner: z.string().min(1).default('default'),
    /** Added to the group's labels in alerts and notifications. */
    labels: labels.default({}),
    signal,
    schedule: z
      .strictObject({
        every: positiveDuration.default('1m'),
        /**
         * How long to wait for late data: the window ends this long before the tick. auto: as long as 99.5 % of the
         * records of the last day took to arrive, for the slowest service that the rule is about; 10 s to 5 min.
         */
        delay: z.union([z.literal('auto'), duration]).default('30s'),
        window: positiveDuration.default('5m'),
        /** Looks again at the last three ticks when requests of their windows arrived after them. */
        correctLate: z.boolean().default(true),
      })
      .prefault({}),
    groupBy: z.array(z.string().min(1)).max(5).default([]),
    groups: z
      .strictObject({
        max: z.number().int().min(1).max(groupsMaxLimit).default(groupsMaxDefault),
        /** A group that appears is not judged for so long: what has just started is cold. */
        newGroupGrace: duration.default('0s'),
        /** Groups whose labels match all of these are watched. */
        include: z.array(matcher).max(20).default([]),
        /** Groups whose labels match all of these are not. */
        exclude: z.array(matcher).max(20).default([]),
      })
      .prefault({}),
    /**
     * Most severe first, one a severity. A firing condition holds back the messages of those below it. burn_rate has
     * those of its objective; heartbeat, new_finding and baseline have a usual one when this is left out.
     */
    conditions: z.array(condition).max(3).default([]),
    guard: z
      .strictObject({
        minSamples: z.number().int().min(0).default(0),
        /** Samples a second over the window. */
        minRate: z.number().min(0).default(0),
      })
      .prefault({}),
    for: duration.default('0s'),
    /** In place of `for`: fires when so many of the last ticks breached, and keeps firing while as many do. */
    breaches: z
      .strictObject({
        atLeast: z.number().int().min(2),
        of: z.number().int().min(2).max(breachesOfMax),
      })
      .optional(),
    keepFiringFor: duration.default('0s'),
    /** hold: a firing alert stays for `after`, then resolves. resolve: at once. */
    onInsufficient: z
      .strictObject({ action: z.enum(['hold', 'resolve']).default('hold'), after: duration.default('30m') })
      .prefault({}),
    /**
     * hold: a firing alert stays until `staleResolve`. resolve: it ends `after` the data did. alert: a message of
     * its own `after` the data ended, for the whole rule or for each group; a firing alert is held as with hold.
     */
    onNoData: z
      .strictObject({
        action: z.enum(['hold', 'alert', 'resolve']).default('hold'),
        after: duration.default('10m'),
        scope: z.enum(['rule', 'group']).default('rule'),
        staleResolve: positiveDuration.default('1h'),
      })
      .prefault({}),
    onError: z.strictObject({ alertAfterTicks: z.number().int().min(1).default(3) }).prefault({}),
    notify: notify.prefault({}),
    annotations: z.record(z.string(), z.string()).default({}),
    runbook: z.url({ protocol: /^https?$/, error: 'is not an http(s) address' }).optional(),
    /** Run by `nightjar rules test`; the engine leaves them alone. */
    tests: z.array(ruleTest).max(ruleTestsMax).optional(),
  })
  .superRefine((rule, context) => {
    const problem = conditionsProblem(rule.signal, rule.conditions.length);
    if (problem !== undefined) context.addIssue({ code: 'custom', path: ['conditions'], message: problem });
    const counting = breachesProblem(rule);
    if (counting !== undefined) context.addIssue({ code: 'custom', path: ['breaches'], message: counting });
    rule.conditions.forEach((it, index) => {
      const before = rule.conditions[index - 1];
      if (before === undefined || severityRank[before.severity] > severityRank[it.severity]) return;
      context.addIssue({
        code: 'custom',
        path: ['conditions', index, 'severity'],
        message: `must be below ${before.severity}, order conditions from critical to info, one each`,
      });
    });
  });
export type AlertRule = Readonly<z.infer<typeof alertRule>>;
export type AlertRuleInput = z.input<typeof alertRule>;

const withUsualConditions: ReadonlySet<Signal['kind']> = new Set([
  'burn_rate',
  'heartbeat',
  'new_finding',
  'baseline',
]);

function conditionsProblem({ kind }: Signal, count: number): string | undefined {
  if (count === 0)
    return withUsualConditions.has(kind)
      ? undefined
      : 'is empty, add a condition with severity and threshold';
  return kind === 'burn_rate' ? 'come from slo.alerts for burn_rate, remove them' : undefined;
}

function breachesProblem(rule: {
  readonly for: string;
  readonly breaches?: { readonly atLeast: number; readonly of: number } | undefined;
}): string | undefined {
  if (rule.breaches === undefined) return undefined;
  const { atLeast, of } = rule.breaches;
  if (atLeast > of) return `asks for ${atLeast} of ${of} ticks, write ${of} or less for atLeast`;
  return durationMs(rule.for) > 0 ? 'does not go with for, remove one of the two' : undefined;
}

export const ruleFile = z.strictObject({
  rules: z.array(z.unknown()),
  inhibitions: z.array(z.unknown()).default([]),
});
