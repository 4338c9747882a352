import type { ServerResponse } from 'node:http';
import type { Instrumentation, InstrumentationModuleDefinition } from '@opentelemetry/instrumentation';
import type { RequestTracker } from '../tracker/request-tracker.ts';
import type { PromRegistries } from '../metrics/prom-registries.ts';
import type { QueueRegistry } from '../queues/queue-registry.ts';

export interface InstrumentationPorts {
  readonly tracker: RequestTracker;
  readonly queues: QueueRegistry;
  /** Where those of the app are kept; without it prom-client is left alone. */
  readonly registries?: PromRegistries | undefined;
  /** True for an address the agent itself exports to. */
  readonly isOwnExport: (target: string) => boolean;
  /** False where log lines only get trace ids; true when left out. */
  readonly areLogsShipped?: boolean | undefined;
  /** Told of each response at the start of its request, with the entry span. */
  readonly onResponse?: ((span: object, response: ServerResponse) => void) | undefined;
}

/** One line of what the agent watches. */
export interface InstrumentationRow {
  /** As in `OTEL_NODE_DISABLED_INSTRUMENTATIONS`. */
  readonly name: string;
  /** Off when this one is off. */
  readonly partOf?: string;
  /** Loaded only when one of these resolves from the app. Empty: part of Node. */
  readonly packages: readonly string[];
  readonly create: (ports: InstrumentationPorts) => HookingInstrumentation;
}

export interface HookingInstrumentation extends Instrumentation {
  readonly getModuleDefinitions: () => readonly InstrumentationModuleDefinition[];
}
