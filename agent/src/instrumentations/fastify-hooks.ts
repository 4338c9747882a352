import { context, trace } from '@opentelemetry/api';
import { RPCType, getRPCMetadata } from '@opentelemetry/core';
import { endWith, routeOf, startInjected } from './fastify-requests.ts';
import type { FastifyReply, FastifyRequest } from './fastify-requests.ts';
import { isObject } from './is-object.ts';

/** The agent's part in the requests of a Fastify before 5, which tells of no handler: two hooks of each instance. */
export function addHooks(fastify: HookedInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const rpc = getRPCMetadata(context.active());
    if (rpc?.type !== RPCType.HTTP) {
      const span = startInjected(request);
      endWith(reply, span);
      context.with(trace.setSpan(context.active(), span), done);
      return;
    }
    const route = routeOf(request);
    if (route !== undefined) rpc.route = route;
    done();
  });
  fastify.addHook('onError', (_request, _reply, error, done) => {
    if (error instanceof Error) trace.getActiveSpan()?.recordException(error);
    done();
  });
}

export interface HookedInstance {
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

export function isHooked(fastify: unknown): fastify is HookedInstance {
  return isObject(fastify) && 'addHook' in fastify && typeof fastify.addHook === 'function';
}
