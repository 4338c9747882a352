import { IncomingMessage, OutgoingMessage } from 'node:http';
import type { EventEmitter } from 'node:events';
import { context } from '@opentelemetry/api';
import type { Context } from '@opentelemetry/api';

/**
 * Messages of a traced exchange emit their events in its context, so that what listens to a body is part of the request. One
 * `emit` on the prototypes does it: binding every listener of every message costs more than the whole span.
 */
export interface Watched {
  readonly context: Context;
  /** Told before the listeners are. */
  readonly onEvent: (event: string | symbol, first: unknown) => void;
}

const WATCHED: unique symbol = Symbol('nightjar.exchange');
type Message = EventEmitter & { [WATCHED]?: Watched };

export type Emit = (this: EventEmitter, event: string | symbol, ...args: unknown[]) => boolean;

/** A prototype whose instances emit. */
export interface Emitting {
  emit: Emit;
}

export function watchMessage(message: EventEmitter, watched: Watched): void {
  const marked: Message = message;
  marked[WATCHED] = watched;
}

export function watchedOf(message: EventEmitter): Watched | undefined {
  const marked: Message = message;
  return marked[WATCHED];
}

let users = 0;
let restores: readonly (() => void)[] = [];

/** Puts the one `emit` on the prototypes, once; the last of its users takes it off by calling the answer. */
export function patchMessages(): () => void {
  if (users++ === 0) restores = [IncomingMessage.prototype, OutgoingMessage.prototype].map(patchEmit);
  return () => {
    if (--users > 0) return;
    for (const restore of restores) restore();
  };
}

function patchEmit(prototype: Emitting): () => void {
  const before = Object.getOwnPropertyDescriptor(prototype, 'emit');
  const { emit } = prototype;
  const patched: Emit = function (event, ...args) {
    const watched = watchedOf(this);
    if (watched === undefined) return emit.call(this, event, ...args);
    try {
      watched.onEvent(event, args[0]);
    } catch {
      // The app's listeners are called whatever becomes of the span.
    }
    // Most events of a message have no listener, and a context is not changed for nobody; but an error then is thrown.
    const isHeard = event === 'error' || this.listenerCount(event) > 0;
    if (!isHeard || context.active() === watched.context) return emit.call(this, event, ...args);
    return context.with(watched.context, emit, this, event, ...args);
  };
  Object.defineProperty(prototype, 'emit', {
    value: patched,
    writable: true,
    configurable: true,
    enumerable: false,
  });
  return () => {
    if (prototype.emit !== patched) return;
    if (before === undefined) Reflect.deleteProperty(prototype, 'emit');
    else Object.defineProperty(prototype, 'emit', before);
  };
}
