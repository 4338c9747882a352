import { InstrumentationBase, InstrumentationNodeModuleDefinition } from '@opentelemetry/instrumentation';
import type { PromRegistries, PromRegistry } from '../metrics/prom-registries.ts';

/** Finds the registries of an app's prom-client: the default one, and each that a metric is registered with. */
export class PromClientRegistries extends InstrumentationBase {
  readonly #registries: PromRegistries | undefined;

  constructor(registries: PromRegistries | undefined) {
    super('@nightjar/prom-client', '0.1.0', { enabled: false });
    this.#registries = registries;
    this.enable();
  }

  protected override init(): InstrumentationNodeModuleDefinition {
    return new InstrumentationNodeModuleDefinition('prom-client', ['>=12 <16'], (exports: PromExports) => {
      const client = exports.default ?? exports;
      const registries = this.#registries;
      const prototype = client.Registry?.prototype;
      if (registries === undefined || prototype === undefined || PATCHED in prototype) return exports;
      const { registerMetric } = prototype;
      Object.defineProperty(prototype, PATCHED, { value: true });
      prototype.registerMetric = function (...args) {
        registries.add(this);
        return registerMetric.apply(this, args);
      };
      if (client.register !== undefined) registries.add(client.register);
      return exports;
    });
  }
}

const PATCHED = Symbol('nightjar.patched');

interface PromPrototype extends PromRegistry {
  registerMetric: (this: PromRegistry, ...args: unknown[]) => unknown;
}

interface PromClient {
  readonly register?: PromRegistry;
  readonly Registry?: { readonly prototype: PromPrototype };
}

interface PromExports extends PromClient {
  readonly default?: PromClient;
}
