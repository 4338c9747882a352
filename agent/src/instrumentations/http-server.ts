import type { IncomingMessage, ServerResponse } from 'node:http';
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, propagation } from '@opentelemetry/api';
import type { Context, Span, Tracer } from '@opentelemetry/api';
import { RequestContext } from '../spans/request-context.ts';
import { serverAttributes } from './http-attributes.ts';
import type { Scheme } from './http-attributes.ts';
import { watchMessage } from './http-emit.ts';
import type { Watched } from './http-emit.ts';

export interface ServerPorts {
  readonly tracer: () => Tracer;
  /** Headers that may carry a trace to continue. */
  readonly carriers: () => readonly string[];
  readonly onResponse: ((span: object, response: ServerResponse) => void) | undefined;
}

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly scheme: Scheme;
}

/** Starts the span of a request and answers the context to handle it in. The span ends with the response. */
export function beginExchange({ request, response, scheme }: Exchange, ports: ServerPorts): ServerExchange {
  const parent = parentOf(request, ports.carriers());
  const span = ports
    .tracer()
    .startSpan(
      request.method ?? 'GET',
      { kind: SpanKind.SERVER, attributes: serverAttributes(request, scheme) },
      parent,
    );
  const exchange = new ServerExchange(new RequestContext(parent, span), response);
  watchMessage(request, { context: exchange.context, onEvent: ignore });
  watchMessage(response, exchange);
  ports.onResponse?.(span, response);
  return exchange;
}

export class ServerExchange implements Watched {
  readonly context: RequestContext;
  readonly #response: ServerResponse;
  #isOver = false;

  constructor(own: RequestContext, response: ServerResponse) {
    this.context = own;
    this.#response = response;
  }

  onEvent(event: string | symbol, first: unknown): void {
    if (event === 'close') this.#finish();
    else if (event === 'error') this.fail(first);
  }

  /** Of the response, or what the handler threw at once. */
  fail(error: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const { span } = this.context.rpc;
    this.#tellRoute();
    if (this.#response.headersSent) span.setAttribute('http.response.status_code', this.#response.statusCode);
    if (error instanceof Error) recordError(span, error);
    else span.setStatus({ code: SpanStatusCode.ERROR });
    span.end();
  }

  #finish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const { span } = this.context.rpc;
    const { statusCode } = this.#response;
    span.setAttribute('http.response.status_code', statusCode);
    this.#tellRoute();
    if (statusCode >= 500 || statusCode < 100) {
      span.setStatus({ code: SpanStatusCode.ERROR });
      if (statusCode < 600) span.setAttribute('error.type', String(statusCode));
    }
    span.end();
  }

  #tellRoute(): void {
    const { span, route } = this.context.rpc;
    if (route === undefined) return;
    span.setAttribute('http.route', route);
    if (route !== '') span.updateName(`${this.#response.req.method ?? 'GET'} ${route}`);
  }
}

export function recordError(span: Span, error: Error): void {
  span.setAttribute('error.type', error.name);
  span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
  span.recordException(error);
}

/** Most requests carry nothing to continue. */
function parentOf({ headers }: IncomingMessage, carriers: readonly string[]): Context {
  for (const field of carriers)
    if (headers[field] !== undefined) return propagation.extract(ROOT_CONTEXT, headers);
  return ROOT_CONTEXT;
}

function ignore(): void {
  // The body's events need their context, nothing more.
}
