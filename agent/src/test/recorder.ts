import { context, propagation, trace } from '@opentelemetry/api';
import type { Tracer } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import { loadConfig } from '../config.ts';
import { loadInstrumentations } from '../instrumentations/load.ts';
import { interceptModules } from '../instrumentations/module-hooks.ts';
import { createPackageFinder } from '../instrumentations/package-finder.ts';
import { processQueues } from '../queues/observe-queue.ts';
import { findServiceIdentity } from '../service-identity.ts';
import { createCallSiteReader } from '../tracker/call-site.ts';
import type { CallSiteReader } from '../tracker/call-site.ts';
import { RequestTracker } from '../tracker/request-tracker.ts';
import { isJest } from './is-jest.ts';
import { patchRequired } from './patch-required.ts';
import { SpanCollector } from './span-collector.ts';
import { createTransformedSourceMapper } from './transformed-source.ts';

/** What records in this process. Sends nothing anywhere. */
export interface Recorder {
  readonly cwd: string;
  readonly callSites: CallSiteReader;
  readonly collector: SpanCollector;
  readonly tracer: Tracer;
  readonly instrumentations: readonly string[];
  /** Says which test runs; set by the setup file of a test runner that can tell. */
  nameOfTest: (() => string | undefined) | undefined;
  /** Takes its patches off again. */
  readonly stop: () => void;
}

const KEY: unique symbol = Symbol.for('nightjar.test-recorder');
const AGENT = Symbol.for('nightjar.agent');
type Shelf = { [KEY]?: Recorder };

/**
 * Starts recording in this process, once: a second call, also from a second copy of this package, returns the first
 * recorder. What the tests import after it is watched. Throws where another agent or SDK already runs, because its
 * spans cannot be read.
 */
export function startRecorder(): Recorder {
  const shelf = globalThis as typeof globalThis & Shelf;
  return (shelf[KEY] ??= createRecorder());
}

function createRecorder(): Recorder {
  if (Object.hasOwn(globalThis, AGENT)) throw new Error(AGENT_RUNS);
  const cwd = process.cwd();
  const mainFile = process.argv[1];
  const { config } = loadConfig();
  const service = config.serviceName ?? findServiceIdentity(undefined, cwd).name;
  const callSites = createCallSiteReader(cwd, createTransformedSourceMapper());
  const collector = new SpanCollector(service);
  const warn = (sentence: string): void => void process.stderr.write(`nightjar: ${sentence}\n`);
  const tracker = new RequestTracker({
    service,
    callSites,
    next: () => undefined,
    nowMs: () => performance.now(),
    onFault: (fault) => warn(`the request tracker failed, call sites may be missing: ${String(fault)}`),
  });
  // The tracker first: it takes literals out before the collector reads a span.
  const tracers = new TracerProvider({ spanProcessors: [tracker, collector] });
  if (!trace.setGlobalTracerProvider(tracers)) throw new Error(SDK_RUNS);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  const { names, instrumentations, modules } = loadInstrumentations(
    { tracker, queues: processQueues(), isOwnExport: () => false },
    {
      isPresent: createPackageFinder(mainFile, cwd),
      disabled: new Set([...config.disabledInstrumentations, ...UNUSED]),
      warn,
    },
  );
  registerInstrumentations({ instrumentations: [...instrumentations], tracerProvider: tracers });
  if (isJest()) patchRequired(instrumentations, cwd);
  else watchModules(modules);
  return {
    cwd,
    callSites,
    collector,
    tracer: tracers.getTracer('@nightjar/agent/test'),
    instrumentations: names,
    nameOfTest: undefined,
    stop: () => {
      for (const instrumentation of instrumentations) instrumentation.disable();
    },
  };
}

function watchModules(names: readonly string[]): void {
  try {
    interceptModules(names);
  } catch (cause) {
    throw new Error(NO_HOOKS, { cause });
  }
}

/** Logs and runtime figures go nowhere in a test. */
const UNUSED = ['pino', 'winston', 'bunyan', 'runtime-node'];

const AGENT_RUNS =
  'nightjar: @nightjar/agent already runs in this process and sends what it sees; in tests load @nightjar/agent/test/setup in its place';
const NO_HOOKS =
  'nightjar: modules cannot be watched in this kind of test worker; with vitest use the pool forks or threads';
const SDK_RUNS =
  'nightjar: another OpenTelemetry SDK already runs in this process; leave it out of the test run, @nightjar/agent/test/setup takes its place';
