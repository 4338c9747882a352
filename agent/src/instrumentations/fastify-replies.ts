/**
 * The agent's part in the requests of Fastify 5 and later, without a hook: what counts or prints the hooks of an instance meets
 * none of ours. The handler's channel tells the route and gives injected requests their context; `reply.send`, through which
 * errors and early answers go as well, the rest.
 */
import type { AsyncLocalStorage } from 'node:async_hooks';
import { channel } from 'node:diagnostics_channel';
import { context, trace } from '@opentelemetry/api';
import type { Context, Span } from '@opentelemetry/api';
import { RPCType, getRPCMetadata } from '@opentelemetry/core';
import { endWith, routeOf, startInjected } from './fastify-requests.ts';
import type { FastifyReply } from './fastify-requests.ts';
import { isObject } from './is-object.ts';

const HANDLER_STARTS = 'tracing:fastify.request.handler:start';
const VERSION_MIN = 5;

const watched = new WeakSet<object>();
const injected = new WeakMap<object, Span>();
const failed = new WeakSet<object>();

export interface Replies {
  send: (this: FastifyReply, payload: unknown) => unknown;
}

/** What the replies of all instances inherit from; undefined where it is not to be found or handlers are not told of. */
export function repliesOf(fastify: object): Replies | undefined {
  if (!('version' in fastify) || !(Number.parseInt(String(fastify.version), 10) >= VERSION_MIN))
    return undefined;
  const symbol = Object.getOwnPropertySymbols(fastify).find(
    ({ description }) => description === 'fastify.Reply',
  );
  const replyClass: unknown = symbol === undefined ? undefined : Reflect.get(fastify, symbol);
  let replies: unknown = typeof replyClass === 'function' ? replyClass.prototype : undefined;
  while (isObject(replies) && !Object.hasOwn(replies, 'send')) replies = Object.getPrototypeOf(replies);
  return isReplies(replies) ? replies : undefined;
}

export function watchReplies(replies: Replies): void {
  if (watched.has(replies)) return;
  watched.add(replies);
  const { send } = replies;
  replies.send = function (payload) {
    beforeSend(this, payload);
    return send.call(this, payload);
  };
}

export function watchHandlers(storage: AsyncLocalStorage<unknown>): void {
  channel(HANDLER_STARTS).bindStore(storage, contextOfHandler);
}

export function unwatchHandlers(storage: AsyncLocalStorage<unknown>): void {
  channel(HANDLER_STARTS).unbindStore(storage);
}

function contextOfHandler(message: unknown): Context {
  const active = context.active();
  if (!isObject(message) || !('reply' in message) || !isReply(message.reply)) return active;
  const { reply } = message;
  const rpc = getRPCMetadata(active);
  if (rpc?.type !== RPCType.HTTP) return trace.setSpan(active, beginInjected(reply));
  const route = routeOf(reply.request);
  if (route !== undefined) rpc.route = route;
  return active;
}

/** Also of a request that was answered before its handler. */
function beforeSend(reply: FastifyReply, payload: unknown): void {
  const rpc = getRPCMetadata(context.active());
  const isServed = rpc?.type === RPCType.HTTP;
  if (isServed && rpc.route === undefined) {
    const route = routeOf(reply.request);
    if (route !== undefined) rpc.route = route;
  }
  let span = isServed ? rpc.span : injected.get(reply);
  if (span === undefined && isInjected(reply)) span = beginInjected(reply);
  // The first error is the cause; what an error handler sends after it is an answer.
  if (!(payload instanceof Error) || failed.has(reply)) return;
  failed.add(reply);
  span?.recordException(payload);
}

function beginInjected(reply: FastifyReply): Span {
  const span = startInjected(reply.request);
  injected.set(reply, span);
  endWith(reply, span);
  return span;
}

/** Told from one whose context was lost on the way: the response is light-my-request's. */
function isInjected({ raw }: FastifyReply): boolean {
  return raw.constructor.name === 'Response';
}

function isReplies(value: unknown): value is Replies {
  return isObject(value) && 'send' in value && typeof value.send === 'function';
}

function isReply(value: unknown): value is FastifyReply {
  return isObject(value) && 'request' in value && 'raw' in value;
}
