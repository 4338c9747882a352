export { assertAtMostQueries, assertNoNPlusOne, matchers } from './matchers.ts';
export type { MatcherResult, NightjarMatchers, Recordable } from './matchers.ts';
export { recordQueries } from './record-queries.ts';
export type { RecordOptions } from './record-queries.ts';
export type { ReportLine, ReportedFinding } from './report.ts';
export type { QueryRun, RecordedCall, Repetition } from './run.ts';
export type { NPlusOneOptions } from './verdict.ts';
