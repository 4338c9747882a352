import type { ConditionOp, VerdictKind } from '../schema/index.ts';

export type Observation =
  | { readonly kind: 'value'; readonly value: number; readonly samples: number; readonly note?: string }
  | { readonly kind: 'unready'; readonly reason: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unknown'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string };

export interface Verdict {
  readonly kind: VerdictKind;
  readonly reason: string;
  readonly value: number | null;
  readonly samples: number | null;
}

export interface Limit {
  readonly op: ConditionOp;
  readonly threshold: number;
  /** With `outside`: the range threshold..upper is good. */
  readonly upper?: number | undefined;
  readonly recover?: number | undefined;
}

export interface Criteria {
  readonly condition: Limit;
  readonly minSamples: number;
  readonly unit: string;
  /** Fewer bad ones than this are no incident; undefined where nothing is bad or good. */
  readonly badEvents?: { readonly min: number; readonly shareOfValue: number } | undefined;
}

/** One of several windows that must all breach. */
export interface WindowVerdict {
  readonly window: string;
  readonly verdict: Verdict;
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
    case 'unready':
      return { kind: 'insufficient', reason: observation.reason, value: null, samples: null };
    case 'value':
      return judgeValue(observation, criteria);
    default:
      return assertNever(observation);
  }
}

/**
 * Several windows of one condition: a breach or a hold of the first counts where all others breach. What cannot be
 * judged in one window cannot be judged at all.
 */
export function judgeTogether(first: Verdict, others: readonly WindowVerdict[]): Verdict {
  if (first.kind !== 'breach' && first.kind !== 'deadband') return first;
  const unclear = others.find(({ verdict }) => isUnclear(verdict.kind));
  if (unclear !== undefined) return { ...unclear.verdict, value: first.value, samples: first.samples };
  const calm = others.find(({ verdict }) => verdict.kind !== 'breach');
  if (calm === undefined) {
    const said = others.map(({ window, verdict }) => `, over ${window} ${verdict.reason}`);
    return { ...first, reason: `${first.reason}${said.join('')}` };
  }
  return { ...first, kind: 'ok', reason: `${first.reason}, but over ${calm.window} ${calm.verdict.reason}` };
}

// No data in the short window is calm: the long one has shown that data arrives.
function isUnclear(kind: VerdictKind): boolean {
  return kind === 'unknown' || kind === 'error';
}

export function isBreach(condition: Limit, value: number): boolean {
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
  reading: { readonly value: number; readonly samples: number; readonly note?: string },
  criteria: Criteria,
): Verdict {
  const { condition, minSamples, unit } = criteria;
  const { value, samples } = reading;
  const note = reading.note === undefined ? '' : ` (${reading.note})`;
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
  if (isBreach(condition, value)) {
    const few = tooFewBad(value * samples, criteria);
    if (few !== undefined) return { kind: 'ok', reason: `${measured} is ${limit}, ${few}`, value, samples };
    return { kind: 'breach', reason: `${measured} is ${limit}${note}`, value, samples };
  }
  if (isHeld(condition, value)) {
    const reason = `${measured} is not yet back to ${withUnit(String(condition.recover))}${note}`;
    return { kind: 'deadband', reason, value, samples };
  }
  return { kind: 'ok', reason: `${measured} is not ${limit}${note}`, value, samples };
}

function tooFewBad(valueTimesSamples: number, { badEvents }: Criteria): string | undefined {
  if (badEvents === undefined) return undefined;
  const bad = Math.round(valueTimesSamples * badEvents.shareOfValue);
  return bad < badEvents.min ? `but only ${bad} failed requests, needs ${badEvents.min}` : undefined;
}

function isHeld(condition: Limit, value: number): boolean {
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
