import type { Tracer, TracerOptions, TracerProvider } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { SpanProcessor } from '@opentelemetry/sdk-trace';
import { AgentTracer } from './agent-tracer.ts';
import type { FlagSampler } from './agent-tracer.ts';

export interface TracingParts {
  readonly resource: Resource;
  readonly sampler: FlagSampler;
  readonly processor: SpanProcessor;
}

const TRACERS_MAX = 1_000;

/** One tracer a scope; an app that makes up scope names without end gets tracers that are not kept. */
export class AgentTracerProvider implements TracerProvider {
  readonly #parts: TracingParts;
  readonly #tracers = new Map<string, Tracer>();

  constructor(parts: TracingParts) {
    this.#parts = parts;
  }

  getTracer(name: string, version?: string, options?: TracerOptions): Tracer {
    const schemaUrl = options?.schemaUrl;
    const key = `${name}@${version ?? ''}:${schemaUrl ?? ''}`;
    const known = this.#tracers.get(key);
    if (known !== undefined) return known;
    const { resource, processor, sampler } = this.#parts;
    const scope = {
      name,
      ...(version === undefined ? {} : { version }),
      ...(schemaUrl === undefined ? {} : { schemaUrl }),
    };
    const tracer = new AgentTracer({ scope, resource, processor }, sampler);
    if (this.#tracers.size < TRACERS_MAX) this.#tracers.set(key, tracer);
    return tracer;
  }
}
