import { randomBytes } from 'node:crypto';
import { newTraceId } from './otlp.ts';

export interface Call {
  readonly path: string;
  readonly method?: string;
  readonly body?: object;
}
export interface Answer {
  readonly traceId: string;
  readonly status: number;
  readonly text: string;
}

/** Calls a service as a traced client would, so that the trace's id is known. */
export async function tracedCall(baseUrl: string, call: Call): Promise<Answer> {
  const traceId = newTraceId();
  const response = await fetch(`${baseUrl}${call.path}`, {
    method: call.method ?? 'GET',
    headers: {
      traceparent: `00-${traceId}-${randomBytes(8).toString('hex')}-01`,
      ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    signal: AbortSignal.timeout(30_000),
  });
  return { traceId, status: response.status, text: await response.text() };
}
