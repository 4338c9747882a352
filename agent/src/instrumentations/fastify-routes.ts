import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { context } from '@opentelemetry/api';
import { InstrumentationBase } from '@opentelemetry/instrumentation';
import { addHooks, isHooked } from './fastify-hooks.ts';
import { repliesOf, unwatchHandlers, watchHandlers, watchReplies } from './fastify-replies.ts';
import { isObject } from './is-object.ts';

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
    const storage = contextStorage();
    if (storage !== undefined) unwatchHandlers(storage);
  }

  /** Nothing to patch: Fastify tells of each instance by itself. */
  protected override init(): [] {
    return [];
  }
}

const CHANNEL = 'fastify.initialization';

function watch(message: unknown): void {
  if (!isObject(message) || !('fastify' in message) || !isHooked(message.fastify)) return;
  const { fastify } = message;
  const replies = repliesOf(fastify);
  const storage = contextStorage();
  if (replies === undefined || storage === undefined) return addHooks(fastify);
  // Again for the second instance: a storage that is bound is not bound twice.
  watchHandlers(storage);
  watchReplies(replies);
}

/** Where contexts are kept; undefined with a context manager that keeps them elsewhere. */
function contextStorage(): AsyncLocalStorage<unknown> | undefined {
  const managerOf: unknown = Reflect.get(context, '_getContextManager');
  if (typeof managerOf !== 'function') return undefined;
  const manager: unknown = Reflect.apply(managerOf, context, []);
  const storage: unknown = isObject(manager) ? Reflect.get(manager, '_asyncLocalStorage') : undefined;
  return storage instanceof AsyncLocalStorage ? storage : undefined;
}
