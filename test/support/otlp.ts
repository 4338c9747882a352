import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { casesDir } from './paths.ts';

const anyValue = z.looseObject({});
const attribute = z.looseObject({ key: z.string(), value: anyValue });
const span = z.looseObject({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  name: z.string(),
  kind: z.number().optional(),
  startTimeUnixNano: z.union([z.string(), z.number()]),
  endTimeUnixNano: z.union([z.string(), z.number()]),
  attributes: z.array(attribute).optional(),
  events: z.array(z.looseObject({ timeUnixNano: z.union([z.string(), z.number()]) })).optional(),
});
const tracesRequest = z.object({
  resourceSpans: z.array(
    z.looseObject({
      resource: z.looseObject({ attributes: z.array(attribute) }),
      scopeSpans: z.array(z.looseObject({ scope: anyValue.optional(), spans: z.array(span) })),
    }),
  ),
});

export type OtlpSpan = z.infer<typeof span>;
export type OtlpTraces = z.infer<typeof tracesRequest>;

export function readCase(file: string): OtlpTraces {
  return tracesRequest.parse(JSON.parse(readFileSync(join(casesDir, file), 'utf8')));
}

export interface Rewrite {
  /** When the last span ends. */
  readonly endMs: number;
  /** Absent: every trace keeps its id. */
  readonly traceId?: (traceId: string) => string;
  readonly service?: (service: string) => string;
}

/** The same spans at another time; text only, since nanoseconds do not fit a number. */
export function rewrite(traces: OtlpTraces, { endMs, traceId, service }: Rewrite): OtlpTraces {
  const ends = spansOf(traces).map((each) => BigInt(each.endTimeUnixNano));
  const last = ends.reduce((a, b) => (a > b ? a : b), 0n);
  const shift = BigInt(endMs) * 1_000_000n - last;
  const moved = (time: string | number) => String(BigInt(time) + shift);
  return {
    resourceSpans: traces.resourceSpans.map((resource) => ({
      ...resource,
      resource: {
        ...resource.resource,
        attributes: resource.resource.attributes.map((each) => renamed(each, service)),
      },
      scopeSpans: resource.scopeSpans.map((scope) => ({
        ...scope,
        spans: scope.spans.map((each) => ({
          ...each,
          traceId: traceId?.(each.traceId) ?? each.traceId,
          startTimeUnixNano: moved(each.startTimeUnixNano),
          endTimeUnixNano: moved(each.endTimeUnixNano),
          ...(each.events === undefined
            ? {}
            : {
                events: each.events.map((event) => ({ ...event, timeUnixNano: moved(event.timeUnixNano) })),
              }),
        })),
      })),
    })),
  };
}

function renamed(
  each: z.infer<typeof attribute>,
  service: ((service: string) => string) | undefined,
): z.infer<typeof attribute> {
  const name = each.value['stringValue'];
  if (each.key !== 'service.name' || service === undefined || typeof name !== 'string') return each;
  return { ...each, value: { stringValue: service(name) } };
}

export function spansOf(traces: OtlpTraces): OtlpSpan[] {
  return traces.resourceSpans.flatMap((resource) => resource.scopeSpans.flatMap((scope) => scope.spans));
}

export function newTraceId(): string {
  return randomBytes(16).toString('hex');
}

export async function sendTraces(otlpHttp: string, traces: OtlpTraces): Promise<Response> {
  const response = await fetch(`${otlpHttp}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(traces),
    signal: AbortSignal.timeout(15_000),
  });
  if (response.status !== 200)
    throw new Error(`/v1/traces answered ${response.status}: ${await response.text()}`);
  return response;
}

export interface PlainRequest {
  readonly service: string;
  readonly operation: string;
  readonly durationMs: number;
  readonly isError?: boolean;
  readonly endMs?: number;
  readonly traceId?: string;
}

/** One request without children, as any SDK would send it. */
export function plainRequest(request: PlainRequest): OtlpTraces {
  const endMs = request.endMs ?? Date.now();
  const nanos = (ms: number) => String(BigInt(Math.round(ms * 1_000)) * 1_000n);
  return {
    resourceSpans: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: request.service } }] },
        scopeSpans: [
          {
            scope: { name: 'test' },
            spans: [
              {
                traceId: request.traceId ?? newTraceId(),
                spanId: randomBytes(8).toString('hex'),
                name: request.operation,
                kind: 2,
                startTimeUnixNano: nanos(endMs - request.durationMs),
                endTimeUnixNano: nanos(endMs),
                attributes: [],
                status: { code: request.isError === true ? 2 : 0 },
              },
            ],
          },
        ],
      },
    ],
  };
}

/** One point of the gauge that the agent reports for a queue. */
export async function sendQueueDepth(
  otlpHttp: string,
  queue: { readonly service: string; readonly name: string; readonly depth: number },
): Promise<void> {
  const point = {
    timeUnixNano: String(BigInt(Date.now()) * 1_000_000n),
    asInt: String(queue.depth),
    attributes: [{ key: 'messaging.destination.name', value: { stringValue: queue.name } }],
  };
  const body = {
    resourceMetrics: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: queue.service } }] },
        scopeMetrics: [{ metrics: [{ name: 'nightjar.queue.depth', gauge: { dataPoints: [point] } }] }],
      },
    ],
  };
  const response = await fetch(`${otlpHttp}/v1/metrics`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(15_000),
  });
  if (response.status !== 200)
    throw new Error(`/v1/metrics answered ${response.status}: ${await response.text()}`);
}
