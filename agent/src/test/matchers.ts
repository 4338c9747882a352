import { AssertionError } from 'node:assert';
import { acceptedUnder } from './accepted.ts';
import { recordQueries } from './record-queries.ts';
import { startRecorder } from './recorder.ts';
import type { QueryRun } from './run.ts';
import { budgetVerdict, nPlusOneVerdict } from './verdict.ts';
import type { NPlusOneOptions, Verdict } from './verdict.ts';

/** What is judged: a run of `recordQueries`, or a function that is then recorded. */
export type Recordable = QueryRun | (() => unknown);

export interface MatcherResult {
  readonly pass: boolean;
  readonly message: () => string;
}

/** For `expect.extend` of vitest and jest. */
export const matchers = {
  toMakeAtMostQueries: (received: unknown, limit: number): MatcherResult | Promise<MatcherResult> =>
    judged(received, (run) => budgetVerdict(run, limit)),
  toHaveNoNPlusOne: (received: unknown, options?: NPlusOneOptions): MatcherResult | Promise<MatcherResult> =>
    judged(received, (run) => verdictHere(run, options)),
};

/** As seen by a caller of `expect(actual)`: `Outcome` is what a synchronous matcher gives back. */
export interface NightjarMatchers<Outcome, Actual> {
  /** At most this many calls to databases in the run. */
  toMakeAtMostQueries(limit: number): Actual extends (...args: never) => unknown ? Promise<void> : Outcome;
  /** No loop of calls, and no question asked again and again, that nobody has accepted. */
  toHaveNoNPlusOne(
    options?: NPlusOneOptions,
  ): Actual extends (...args: never) => unknown ? Promise<void> : Outcome;
}

/** For node:test and plain assertions: throws an `AssertionError`. */
export function assertAtMostQueries(run: QueryRun, limit: number): void {
  refuse(budgetVerdict(run, limit), assertAtMostQueries);
}

/** As `toHaveNoNPlusOne`, for node:test and plain assertions. */
export function assertNoNPlusOne(run: QueryRun, options?: NPlusOneOptions): void {
  refuse(verdictHere(run, options), assertNoNPlusOne);
}

function verdictHere(run: QueryRun, options: NPlusOneOptions | undefined): Verdict {
  const accepted = acceptedUnder(startRecorder().cwd);
  const verdict = nPlusOneVerdict(run, accepted, options);
  if (verdict.pass || accepted.problems.length === 0) return verdict;
  return { pass: false, message: `${verdict.message}\n\n${accepted.problems.join('\n')}` };
}

function judged(
  received: unknown,
  judge: (run: QueryRun) => Verdict,
): MatcherResult | Promise<MatcherResult> {
  if (isFunction(received)) return recordQueries(received).then((run) => resultOf(judge(run)));
  if (!isRun(received)) {
    throw new TypeError(
      'expected the run that recordQueries resolves to, or a function to record; is an await missing?',
    );
  }
  return resultOf(judge(received));
}

function resultOf({ pass, message }: Verdict): MatcherResult {
  return { pass, message: () => message };
}

function isFunction(received: unknown): received is () => unknown {
  return typeof received === 'function';
}

function isRun(received: unknown): received is QueryRun {
  return (
    typeof received === 'object' && received !== null && 'queryCount' in received && 'repetitions' in received
  );
}

function refuse({ pass, message }: Verdict, stackStartFn: (...args: never) => unknown): void {
  if (pass) return;
  throw new AssertionError({
    message,
    operator: stackStartFn.name,
    stackStartFn,
  });
}
