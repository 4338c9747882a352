import { createAlertHandlers } from '../api/alerting/index.ts';
import type { Caller, EndpointHandlers } from '../api/endpoint-handlers.ts';
import type { Health } from '../contract/index.ts';
import { ApiFailure } from '../errors.ts';
import {
  listFindings,
  listLogs,
  listMetrics,
  listOperations,
  listQueues,
  listReleases,
  listServices,
  listStatements,
  listTraces,
  readDoctor,
  readFinding,
  readMetricSeries,
  readService,
  readTrace,
} from '../query/index.ts';
import type { JudgeTrace, QueryContext } from '../query/index.ts';
import type { Storage } from '../storage/types.ts';
import type { Alerting } from './alerting.ts';

export interface HandlerParts {
  readonly storage: Storage;
  readonly alerting: Promise<Alerting>;
  readonly judge: JudgeTrace;
  readonly health: (caller: Caller) => Promise<Health>;
  readonly now: () => number;
}

/** Each endpoint of the contract beside the query that answers it. */
export function createHandlers({ storage, alerting, judge, health, now }: HandlerParts): EndpointHandlers {
  const context = (): QueryContext => ({ storage, nowMs: now() });
  return {
    health: async (_, caller) => await health(caller),
    services: async ({ query }) =>
      await listServices(context(), query, await (await alerting).firingByService()),
    service: async ({ params, query }) => await readService(context(), { ...query, ...params }),
    operations: async ({ params, query }) => await listOperations(context(), { ...query, ...params }),
    doctor: async ({ params, query }) => await readDoctor(context(), { ...query, ...params }),
    traces: async ({ query }) => await listTraces(context(), query),
    trace: async ({ params }) => found(await readTrace(context(), params, judge), `trace ${params.traceId}`),
    findings: async ({ query }) => await listFindings(context(), query),
    finding: async ({ params, query }) =>
      found(await readFinding(context(), { ...query, ...params }), `finding ${params.findingId}`),
    statements: async ({ query }) => await listStatements(context(), query),
    metrics: async ({ query }) => await listMetrics(context(), query),
    metricSeries: async ({ query }) => await readMetricSeries(context(), query),
    queues: async ({ query }) => await listQueues(context(), query),
    logs: async ({ query }) => await listLogs(context(), query),
    ...createAlertHandlers({
      desk: alerting,
      now,
      releases: async (request) => await listReleases(storage, request),
    }),
  };
}

function found<Row>(row: Row | undefined, what: string): Row {
  if (row === undefined) throw new ApiFailure('no_such_record', `There is no ${what}.`);
  return row;
}
