import { z } from 'zod';
import { alertEndpoints } from './alerts-endpoints.ts';
import { doctorSchema } from './doctor.ts';
import { findingDetailSchema, findingSearchSchema, findingsSchema } from './findings.ts';
import { healthSchema, loginSchema, sessionSchema } from './health.ts';
import { logSearchSchema, logsSchema } from './logs.ts';
import {
  metricListSchema,
  metricListSearchSchema,
  metricSeriesSchema,
  metricSeriesSearchSchema,
  queuesSchema,
} from './metrics.ts';
import { rangeSchema } from './range.ts';
import { operationsSchema, serviceDetailSchema, servicesSchema } from './services.ts';
import { statementSearchSchema, statementsSchema } from './statements.ts';
import { traceIdSchema, traceSchema, traceSearchSchema, tracesSchema } from './traces.ts';

export const apiPrefix = '/api/v1';

const none = z.object({});
const byService = z.object({ service: z.string().min(1).max(500) });

/**
 * The HTTP API, a row an endpoint: the server registers its routes from this table, OpenAPI is generated from it,
 * and the dashboard's client is typed by it.
 */
export const endpoints = {
  health: {
    method: 'GET',
    path: '/health',
    summary: 'State of this collector',
    params: none,
    query: none,
    response: healthSchema,
  },
  services: {
    method: 'GET',
    path: '/services',
    summary: 'Services with rate, errors, latency and queries a request',
    params: none,
    query: rangeSchema,
    response: servicesSchema,
  },
  service: {
    method: 'GET',
    path: '/services/:service',
    summary: 'One service: charts, releases, this range beside the one before',
    params: byService,
    query: rangeSchema.extend({ operation: z.string().max(1000).optional() }),
    response: serviceDetailSchema,
  },
  operations: {
    method: 'GET',
    path: '/services/:service/operations',
    summary: 'Operations of a service',
    params: byService,
    query: rangeSchema,
    response: operationsSchema,
  },
  doctor: {
    method: 'GET',
    path: '/services/:service/doctor',
    summary:
      'Libraries that the agents of a service watch, and those they cannot, as of the end of the range',
    params: byService,
    query: rangeSchema,
    response: doctorSchema,
  },
  traces: {
    method: 'GET',
    path: '/traces',
    summary: 'Search requests (entry spans)',
    params: none,
    query: traceSearchSchema,
    response: tracesSchema,
  },
  trace: {
    method: 'GET',
    path: '/traces/:traceId',
    summary: 'One trace with its spans, findings and repeated calls',
    params: z.object({ traceId: traceIdSchema }),
    query: none,
    response: traceSchema,
  },
  findings: {
    method: 'GET',
    path: '/findings',
    summary: 'N+1s and their kin, ranked by time lost an hour',
    params: none,
    query: findingSearchSchema,
    response: findingsSchema,
  },
  finding: {
    method: 'GET',
    path: '/findings/:findingId',
    summary: 'One finding: trend, operations, example traces',
    params: z.object({ findingId: z.string().regex(/^[0-9a-f]{16}$/i, 'expected 16 hex digits') }),
    query: rangeSchema,
    response: findingDetailSchema,
  },
  statements: {
    method: 'GET',
    path: '/statements',
    summary: 'Statements by time, calls or errors',
    params: none,
    query: statementSearchSchema,
    response: statementsSchema,
  },
  metrics: {
    method: 'GET',
    path: '/metrics',
    summary: 'Names of stored metrics',
    params: none,
    query: metricListSearchSchema,
    response: metricListSchema,
  },
  metricSeries: {
    method: 'GET',
    path: '/metrics/series',
    summary: 'Series of one metric',
    params: none,
    query: metricSeriesSearchSchema,
    response: metricSeriesSchema,
  },
  queues: {
    method: 'GET',
    path: '/queues',
    summary: 'Queues with depth, age and jobs',
    params: none,
    query: rangeSchema,
    response: queuesSchema,
  },
  logs: {
    method: 'GET',
    path: '/logs',
    summary: 'Search log records',
    params: none,
    query: logSearchSchema,
    response: logsSchema,
  },
  ...alertEndpoints,
  session: {
    method: 'GET',
    path: '/session',
    summary: 'Whether this browser is logged in',
    params: none,
    query: none,
    response: sessionSchema,
  },
  login: {
    method: 'POST',
    path: '/session',
    summary: 'Log in',
    params: none,
    query: none,
    body: loginSchema,
    response: sessionSchema,
  },
  logout: {
    method: 'DELETE',
    path: '/session',
    summary: 'Log out',
    params: none,
    query: none,
    response: sessionSchema,
  },
} as const;

export type Endpoints = typeof endpoints;
export type EndpointName = keyof Endpoints;
/** What a caller may pass: text and defaults left out. */
export type QueryOf<Name extends EndpointName> = z.input<Endpoints[Name]['query']>;
export type ParamsOf<Name extends EndpointName> = z.input<Endpoints[Name]['params']>;
/** What a caller sends along; undefined where the endpoint takes nothing. */
export type BodyOf<Name extends EndpointName> = Endpoints[Name] extends {
  readonly body: infer Body extends z.ZodType;
}
  ? z.input<Body>
  : undefined;
export type ResponseOf<Name extends EndpointName> = z.output<Endpoints[Name]['response']>;
