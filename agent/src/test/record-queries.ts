import { ROOT_CONTEXT, context, trace } from '@opentelemetry/api';
import { startRecorder } from './recorder.ts';
import type { Recorder } from './recorder.ts';
import { appendReport } from './report.ts';
import { runOf } from './run.ts';
import type { QueryRun } from './run.ts';

export interface RecordOptions {
  /** In messages and in the report. Default: the running test where the runner tells, else the file and line of the call. */
  readonly name?: string;
}

const NAME_CHARACTERS_MAX = 500;

/**
 * Runs `work` in a request scope of its own and tells what it asked of its databases; rejects as `work` does. Requests
 * that it makes to a server in this process are scopes of their own, as they are in production.
 */
export async function recordQueries<Result>(
  work: () => Result | PromiseLike<Result>,
  options: RecordOptions = {},
): Promise<QueryRun<Result>> {
  const recorder = startRecorder();
  const name = (options.name ?? recorder.nameOfTest?.() ?? callerOf(recorder)).slice(0, NAME_CHARACTERS_MAX);
  const root = recorder.tracer.startSpan(name, { root: true, attributes: ROOT_MARK }, ROOT_CONTEXT);
  const { traceId, spanId } = root.spanContext();
  recorder.collector.open(traceId);
  let result: Result;
  try {
    // Awaited inside: a query builder or a request of supertest starts only when somebody waits for it.
    result = await context.with(trace.setSpan(ROOT_CONTEXT, root), async () => await work());
  } catch (error) {
    root.end();
    void recorder.collector.close(traceId);
    throw error;
  }
  // A pool hands a statement to a free connection only after the function that asked has returned.
  await new Promise<void>((resolve) => void setImmediate(resolve));
  root.end();
  const gathered = await recorder.collector.close(traceId);
  const run = runOf({ name, result, rootSpanId: spanId, gathered });
  appendReport(run, recorder.cwd);
  return run;
}

// Taken at load: a test may put a fake clock in its place.
const { setImmediate } = globalThis;
const ROOT_MARK = { 'nightjar.test': true };

function callerOf({ callSites }: Recorder): string {
  const site = callSites.read(callSites.capture());
  return site === undefined ? 'recorded function' : `${site.file}:${site.line}`;
}
