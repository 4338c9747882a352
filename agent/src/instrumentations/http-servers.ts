import { IncomingMessage, ServerResponse } from 'node:http';
import { context, propagation } from '@opentelemetry/api';
import { InstrumentationBase, InstrumentationNodeModuleDefinition } from '@opentelemetry/instrumentation';
import type { Scheme } from './http-attributes.ts';
import { patchMessages, watchedOf } from './http-emit.ts';
import type { Emit, Emitting } from './http-emit.ts';
import { beginExchange } from './http-server.ts';
import type { Exchange, ServerExchange, ServerPorts } from './http-server.ts';

/**
 * A span for each request that a server of `node:http` or `node:https` answers. Ours and not OpenTelemetry's, which costs
 * several times as much: docs/adr/002-own-spans.md.
 */
export class HttpServers extends InstrumentationBase {
  readonly #ports: ServerPorts;
  #carriers: readonly string[] = [];

  constructor(onResponse: ServerPorts['onResponse']) {
    super('@nightjar/http', '0.1.0', { enabled: false });
    this.#ports = {
      tracer: () => this.tracer,
      carriers: () => {
        if (this.#carriers.length === 0) this.#carriers = propagation.fields();
        return this.#carriers;
      },
      onResponse,
    };
    this.enable();
  }

  /** Called by the base before the fields are there; the patches come after. */
  protected override init(): InstrumentationNodeModuleDefinition[] {
    return SCHEMES.map(
      (scheme) =>
        new InstrumentationNodeModuleDefinition(
          scheme,
          ['*'],
          (exports: ServerModule) => {
            patchServers(exports.Server.prototype, { scheme, ports: this.#ports });
            return exports;
          },
          (exports?: ServerModule) => {
            if (exports !== undefined) restores.get(exports.Server.prototype)?.();
          },
        ),
    );
  }
}

const SCHEMES: readonly Scheme[] = ['http', 'https'];
const restores = new Map<Emitting, () => void>();

interface ServerModule {
  readonly Server: { readonly prototype: Emitting };
}

interface Watch {
  readonly scheme: Scheme;
  readonly ports: ServerPorts;
}

function patchServers(prototype: Emitting, { scheme, ports }: Watch): void {
  if (restores.has(prototype)) return;
  const { emit } = prototype;
  const patched: Emit = function (event, ...args) {
    const [request, response] = args;
    if (event !== 'request' || !(request instanceof IncomingMessage) || !(response instanceof ServerResponse))
      return emit.call(this, event, ...args);
    // Handed on by another server of this process: one exchange, one span.
    if (watchedOf(response) !== undefined) return emit.call(this, event, ...args);
    const exchange = begun({ request, response, scheme }, ports);
    if (exchange === undefined) return emit.call(this, event, ...args);
    try {
      return context.with(exchange.context, emit, this, event, ...args);
    } catch (error) {
      exchange.fail(error);
      throw error;
    }
  };
  prototype.emit = patched;
  const restoreMessages = patchMessages();
  restores.set(prototype, () => {
    restores.delete(prototype);
    restoreMessages();
    if (prototype.emit === patched) prototype.emit = emit;
  });
}

function begun(exchange: Exchange, ports: ServerPorts): ServerExchange | undefined {
  try {
    return beginExchange(exchange, ports);
  } catch {
    // The request is answered without a span.
    return undefined;
  }
}
