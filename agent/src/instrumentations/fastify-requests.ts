import type { EventEmitter } from 'node:events';
import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Span } from '@opentelemetry/api';

export interface FastifyRequest {
  readonly method?: string;
  readonly routeOptions?: { readonly url?: string };
  /** Before Fastify 4.10. */
  readonly routerPath?: string;
}

export interface FastifyReply {
  readonly request: FastifyRequest;
  readonly statusCode: number;
  readonly raw: EventEmitter;
}

/** As registered; undefined where no route was found. */
export function routeOf(request: FastifyRequest): string | undefined {
  return request.routeOptions === undefined ? request.routerPath : request.routeOptions.url;
}

/** The span of a request that came through no server, by `inject`. */
export function startInjected(request: FastifyRequest): Span {
  const { method = 'GET' } = request;
  const route = routeOf(request);
  return trace.getTracer('@nightjar/fastify').startSpan(route === undefined ? method : `${method} ${route}`, {
    kind: SpanKind.SERVER,
    attributes: {
      'http.request.method': method,
      ...(route === undefined ? {} : { 'http.route': route }),
    },
  });
}

/** Ends the span with the response. */
export function endWith(reply: FastifyReply, span: Span): void {
  const end = (): void => endInjected(span, reply.statusCode);
  reply.raw.once('finish', end).once('close', end);
}

function endInjected(span: Span, status: number): void {
  if (!span.isRecording()) return;
  span.setAttribute('http.response.status_code', status);
  if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}
