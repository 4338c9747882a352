import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { EventEmitter } from 'node:events';
import { SpanKind, SpanStatusCode, context, trace } from '@opentelemetry/api';
import type { Span } from '@opentelemetry/api';
import { RPCType, getRPCMetadata } from '@opentelemetry/core';
import { InstrumentationBase } from '@opentelemetry/instrumentation';

/**
 * Gives the span of a request its route and the error that a handler threw. No span of Fastify's own: it would say what
 * the server's span says, for a third of what the agent costs a request. Only a request that came through no server, by
 * `inject`, gets one here.
 */
export class FastifyRoutes extends InstrumentationBase {
  constructor() {
    super('@nightjar/fastify', '0.1.0', { enabled: false });
    this.enable();
  }

  /** Also called of an instrumentation that is on. */
  override enable(): void {
    unsubscribe(CHANNEL, watch);
    subscribe(CHANNEL, watch);
  }

  override disable(): void {
    unsubscribe(CHANNEL, watch);
  }

  /** Nothing to patch: Fastify tells of each instance by itself. */
  protected override init(): [] {
    return [];
  }
}

const CHANNEL = 'fastify.initialization';

function watch(message: unknown): void {
  if (!isInitialization(message)) return;
  const { fastify } = message;
  fastify.addHook('onRequest', (request, reply, done) => {
    const rpc = getRPCMetadata(context.active());
    const route = routeOf(request);
    if (rpc?.type !== RPCType.HTTP) {
      const span = startInjected(request, route);
      // No hook for the end: one more hook on every response would cost all requests what only these need.
      const end = (): void => endInjected(span, reply.statusCode);
      reply.raw.once('finish', end).once('close', end);
      context.with(trace.setSpan(context.active(), span), done);
      return;
    }
    if (route !== undefined) rpc.route = route;
    done();
  });
  fastify.addHook('onError', (_request, _reply, error, done) => {
    if (error instanceof Error) trace.getActiveSpan()?.recordException(error);
    done();
  });
}

function startInjected(request: FastifyRequest, route: string | undefined): Span {
  const { method = 'GET' } = request;
  return trace.getTracer('@nightjar/fastify').startSpan(route === undefined ? method : `${method} ${route}`, {
    kind: SpanKind.SERVER,
    attributes: {
      'http.request.method': method,
      ...(route === undefined ? {} : { 'http.route': route }),
    },
  });
}

function endInjected(span: Span, status: number): void {
  if (!span.isRecording()) return;
  span.setAttribute('http.response.status_code', status);
  if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}

interface FastifyRequest {
  readonly method?: string;
  readonly routeOptions?: { readonly url?: string };
  /** Before Fastify 4.10. */
  readonly routerPath?: string;
}

interface FastifyReply {
  readonly statusCode: number;
  readonly raw: EventEmitter;
}

interface FastifyInstance {
  addHook(
    name: 'onRequest',
    hook: (request: FastifyRequest, reply: FastifyReply, done: () => void) => void,
  ): void;
  addHook(
    name: 'onError',
    // Fastify tells a hook with a callback from an async one by its count of parameters.
    hook: (request: FastifyRequest, reply: unknown, error: unknown, done: () => void) => void,
  ): void;
}

function routeOf(request: FastifyRequest): string | undefined {
  return request.routeOptions === undefined ? request.routerPath : request.routeOptions.url;
}

function isInitialization(message: unknown): message is { readonly fastify: FastifyInstance } {
  if (typeof message !== 'object' || message === null || !('fastify' in message)) return false;
  const { fastify } = message;
  return (
    typeof fastify === 'object' &&
    fastify !== null &&
    'addHook' in fastify &&
    typeof fastify.addHook === 'function'
  );
}
