import { createContextKey } from '@opentelemetry/api';
import type { Context, Span } from '@opentelemetry/api';
import { RPCType } from '@opentelemetry/core';
import type { RPCMetadata } from '@opentelemetry/core';

/** The API keeps these to itself, but a key is its name: equal names are equal keys. */
const SPAN = createContextKey('OpenTelemetry Context Key SPAN');
const RPC = createContextKey('OpenTelemetry SDK Context Key RPC_METADATA');

/**
 * The context of a request that a server answers: its span, and the place where a framework writes its route. The same as
 * setting both on `parent`, without copying a map for each.
 */
export class RequestContext implements Context {
  readonly rpc: RPCMetadata;
  readonly #parent: Context;

  constructor(parent: Context, span: Span) {
    this.#parent = parent;
    this.rpc = { type: RPCType.HTTP, span };
  }

  getValue(key: symbol): unknown {
    if (key === SPAN) return this.rpc.span;
    return key === RPC ? this.rpc : this.#parent.getValue(key);
  }

  setValue(key: symbol, value: unknown): Context {
    return this.#flat().setValue(key, value);
  }

  deleteValue(key: symbol): Context {
    return this.#flat().deleteValue(key);
  }

  #flat(): Context {
    return this.#parent.setValue(SPAN, this.rpc.span).setValue(RPC, this.rpc);
  }
}
