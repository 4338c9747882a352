import type { Condition, ConditionOp, VerdictKind } from '../schema/index.ts';

export type Observation =
  | { readonly kind: 'value'; readonly value: number; readonly samples: number }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unknown'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string };

export interface Verdict {
  readonly kind: VerdictKind;
  readonly reason: string;
  readonly value: number | null;
  readonly samples: number | null;
}

export interface Criteria {
  readonly condition: Condition;
  readonly minSamples: number;
  readonly unit: string;
}

/** Pure: what one condition says about one group in one window. */
export function judge(observation: Observation, criteria: Criteria): Verdict {
  switch (observation.kind) {
    case 'failed':
      return { kind: 'error', reason: `query failed: ${observation.reason}`, value: null, samples: null };
    case 'unknown':
      return { kind: 'unknown', reason: observation.reason, value: null, samples: null };
    case 'absent':
      return { kind: 'nodata', reason: 'no data in the window', value: null, samples: 0 };
    case 'value':
      return judgeValue(observation, criteria);
    default:
      return assertNever(observation);
  }
}

export function isBreach(condition: Condition, value: number): boolean {
  if (condition.op === 'outside')
    return value < condition.threshold || value > (condition.upper ?? Number.POSITIVE_INFINITY);
  return compare(condition.op, value, condition.threshold);
}

const opWords: Readonly<Record<Exclude<ConditionOp, 'outside'>, string>> = {
  '>': 'above',
  '>=': 'at or above',
  '<': 'below',
  '<=': 'at or below',
};

function judgeValue(
  reading: { readonly value: number; readonly samples: number },
  criteria: Criteria,
): Verdict {
  const { condition, minSamples, unit } = criteria;
  const { value, samples } = reading;
  if (samples < minSamples) {
    return { kind: 'insufficient', reason: `${samples} samples, needs ${minSamples}`, value, samples };
  }
  const withUnit = (figure: string) => (unit === '' ? figure : `${figure} ${unit}`);
  const measured = withUnit(shown(value));
  const limit = withUnit(
    condition.op === 'outside'
      ? `outside ${condition.threshold} to ${condition.upper ?? ''}`
      : `${opWords[condition.op]} ${condition.threshold}`,
  );
  if (isBreach(condition, value))
    return { kind: 'breach', reason: `${measured} is ${limit}`, value, samples };
  if (isHeld(condition, value)) {
    const reason = `${measured} is not yet back to ${withUnit(String(condition.recover))}`;
    return { kind: 'deadband', reason, value, samples };
  }
  return { kind: 'ok', reason: `${measured} is not ${limit}`, value, samples };
}

function isHeld(condition: Condition, value: number): boolean {
  if (condition.op === 'outside' || condition.recover === undefined) return false;
  return compare(condition.op, value, condition.recover);
}

function compare(op: Exclude<ConditionOp, 'outside'>, value: number, limit: number): boolean {
  switch (op) {
    case '>':
      return value > limit;
    case '>=':
      return value >= limit;
    case '<':
      return value < limit;
    case '<=':
      return value <= limit;
    default:
      return assertNever(op);
  }
}

function shown(value: number): string {
  return String(Math.abs(value) >= 1_000 ? Math.round(value) : Number(value.toPrecision(4)));
}

function assertNever(value: never): never {
  throw new Error(`unreachable ${JSON.stringify(value)}`);
}
