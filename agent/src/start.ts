import { context, logs, metrics, propagation, trace } from '@opentelemetry/api';
import { logs as formerLogs } from '@opentelemetry/api-logs';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import type { Instrumentation } from '@opentelemetry/instrumentation';
import { createAcceptance } from './accepted-findings.ts';
import { createAgentBudget } from './budget/agent-budget.ts';
import type { AgentBudget } from './budget/agent-budget.ts';
import { watchBundle } from './bundle/bundle-watch.ts';
import { createRunningRows } from './bundle/running-rows.ts';
import { loadConfig } from './config.ts';
import type { AgentConfig, AgentOptions } from './config.ts';
import type { Finding } from './detect/types.ts';
import { createDevMode } from './dev/dev-mode.ts';
import type { DevMode } from './dev/dev-mode.ts';
import { noteStartByApp } from './dev/doctor/probe.ts';
import { startDoctor } from './dev/doctor/start-doctor.ts';
import type { Doctor } from './dev/doctor/start-doctor.ts';
import { createPipeline } from './export/pipeline.ts';
import type { ExportPipeline } from './export/pipeline.ts';
import { INSTRUMENTATIONS, loadInstrumentations } from './instrumentations/load.ts';
import { interceptModules } from './instrumentations/module-hooks.ts';
import { createPackageFinder } from './instrumentations/package-finder.ts';
import { flushAndClose } from './lifecycle.ts';
import { createAgentLog } from './log.ts';
import type { AgentLog } from './log.ts';
import { createPromProducer } from './metrics/prom-producer.ts';
import { createPromRegistries } from './metrics/prom-registries.ts';
import { nodeProblem } from './node-version.ts';
import { processQueues } from './queues/observe-queue.ts';
import { resourceOf } from './resource.ts';
import { headSamplerOf } from './sampling/head-sampler.ts';
import { createRequestGate } from './sampling/request-gate.ts';
import type { RequestGate } from './sampling/request-gate.ts';
import { createRouteLimit } from './sampling/route-limit.ts';
import { reportSelf } from './self-report.ts';
import { findServiceIdentity } from './service-identity.ts';
import { startSignals } from './signals.ts';
import { AgentTracerProvider } from './spans/agent-tracer-provider.ts';
import { createCallSiteReader } from './tracker/call-site.ts';
import { RequestTracker } from './tracker/request-tracker.ts';

export interface RunningAgent {
  /** Names of the instrumentations that are on. Empty when the agent is off. */
  readonly instrumentations: readonly string[];
  /** Sends what waits now. Never rejects. */
  readonly flush: () => Promise<void>;
  /** Sends what waits, for at most 400 ms, and stops exporting. Never rejects. */
  readonly shutdown: () => Promise<void>;
}

const KEY: unique symbol = Symbol.for('nightjar.agent');
type Shelf = { [KEY]?: RunningAgent };

/**
 * Starts the agent once a process; a second call returns the first agent. Never throws: what fails is said in one line
 * on stderr and the app runs on without it.
 */
export function start(options: AgentOptions = {}): RunningAgent {
  const shelf = globalThis as typeof globalThis & Shelf;
  if (shelf[KEY] !== undefined) {
    noteStartByApp();
    return shelf[KEY];
  }
  const { config, warnings } = loadConfig(options);
  const log = createAgentLog(config.logLevel);
  for (const warning of new Set(warnings)) log.warn(warning);
  let agent = IDLE;
  try {
    const problem = nodeProblem(process.versions.node);
    if (problem !== undefined) log.warn(problem);
    else if (!config.isDisabled) agent = startAgent(config, log);
  } catch (error) {
    log.warn(
      `the agent could not start and stays off: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  shelf[KEY] = agent;
  return agent;
}

const IDLE: RunningAgent = {
  instrumentations: [],
  flush: () => Promise.resolve(),
  shutdown: () => Promise.resolve(),
};

function startAgent(config: AgentConfig, log: AgentLog): RunningAgent {
  const cwd = process.cwd();
  const mainFile = process.argv[1];
  const resource = resourceOf(config, findServiceIdentity(mainFile, cwd));
  const registries = createPromRegistries();
  const prom = createPromProducer(registries);
  const budget = createAgentBudget({ percent: config.budgetPercent, info: log.info });
  const pipeline = createPipeline({
    config,
    resource,
    warn: log.warn,
    producers: [prom],
    measure: budget.measure,
  });
  const service = String(resource.attributes['service.name']);
  const accept = createAcceptance({ cwd, nowMs: Date.now, warn: log.warn });
  const dev = config.isDev
    ? createDevMode({ service, accept, isPanelOn: config.isDevPanelOn, print: log.print })
    : undefined;
  const { tracker, gate } = createTracking(config, { accept, budget, cwd, dev, log, pipeline, service });
  const tracers = new AgentTracerProvider({
    resource,
    sampler: headSamplerOf(config.sampler),
    processor: budget.measured(tracker),
  });
  if (!trace.setGlobalTracerProvider(tracers)) {
    log.warn('another OpenTelemetry SDK is already running in this process; remove it to use this agent');
    budget.stop();
    pipeline.close();
    return IDLE;
  }
  setGlobals(pipeline);
  const isPresent = createPackageFinder(mainFile, cwd);
  const disabled = config.disabledInstrumentations;
  const doctor = startDoctor({
    directory: config.doctorDirectory,
    rows: INSTRUMENTATIONS,
    isPresent,
    disabled,
    mainFile,
    emit: (event) => pipeline.loggers.getLogger('@nightjar/agent').emit(event),
  });
  const ports = {
    tracker,
    registries,
    queues: processQueues(),
    isOwnExport: ownExportTest(config),
    areLogsShipped: config.signals.logs.isOn,
    onResponse: dev?.onResponse,
  };
  const loaded = loadInstrumentations(ports, { isPresent, disabled, warn: log.warn });
  const { names, instrumentations, modules } = loaded;
  const providers = { tracerProvider: tracers, loggerProvider: pipeline.loggers };
  const rows = createRunningRows({ loaded, ports, providers, disabled, warn: log.warn });
  doctor.follow(rows.on);
  registerInstrumentations({ instrumentations: [...instrumentations], ...providers });
  watchBundle({ instrumentationOf: rows.instrumentationOf, warn: log.warn });
  giveMeters({ names, instrumentations, pipeline });
  try {
    interceptModules(modules);
  } catch (error) {
    log.warn(`libraries that are imported as ES modules are not traced; use --import: ${String(error)}`);
  }
  log.info(`on: ${names.join(', ')}; sending to ${config.signals.traces.url}`);
  processQueues().report(pipeline.meters.getMeter('@nightjar/agent'));
  reportSelf(pipeline.meters.getMeter('@nightjar/agent'), { tracker, gate, registries, prom, budget });
  return run({ config, log, names, pipeline, tracker, budget, doctor });
}

function setGlobals(pipeline: ExportPipeline): void {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(
    new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] }),
  );
  logs.setGlobalLoggerProvider(pipeline.loggers);
  // The winston transport has not moved to the logs API inside @opentelemetry/api yet.
  formerLogs.setGlobalLoggerProvider(pipeline.loggers);
}

/**
 * Only the runtime is measured by its instrumentation. Those of servers and drivers would add two to twenty histogram
 * and counter updates to every request, at 2 to 5 µs each, for what its spans say already; so they have none to
 * write to, and the app's own meters work as ever.
 */
function giveMeters({ names, instrumentations, pipeline }: Metered): void {
  metrics.setGlobalMeterProvider(pipeline.meters);
  instrumentations[names.indexOf('runtime-node')]?.setMeterProvider(pipeline.meters);
}

interface Metered {
  readonly names: readonly string[];
  readonly instrumentations: readonly Instrumentation[];
  readonly pipeline: ExportPipeline;
}

interface Started {
  readonly config: AgentConfig;
  readonly log: AgentLog;
  readonly names: readonly string[];
  readonly pipeline: ExportPipeline;
  readonly tracker: RequestTracker;
  readonly budget: AgentBudget;
  readonly doctor: Doctor;
}

function run({ config, log, names, pipeline, tracker, budget, doctor }: Started): RunningAgent {
  const parts = {
    flush: async (): Promise<void> => {
      await tracker.forceFlush();
      await pipeline.flush();
    },
    stopRetrying: pipeline.stopRetrying,
    close: () => {
      budget.stop();
      doctor.stop();
      pipeline.close();
    },
  };
  const { unfollow } = startSignals({ ...parts, config, pipeline, tracker, log });
  return {
    instrumentations: names,
    flush: () => parts.flush().catch(() => undefined),
    shutdown: async () => {
      unfollow();
      await flushAndClose(parts);
    },
  };
}

interface TrackingParts {
  readonly accept: (finding: Finding) => Finding;
  readonly budget: AgentBudget;
  readonly cwd: string;
  readonly dev: DevMode | undefined;
  readonly log: AgentLog;
  readonly pipeline: ExportPipeline;
  readonly service: string;
}

const SECOND_CALL_EVERY = 8;

function createTracking(
  { slowRequestMs, routeLimitPerMinute: requestsPerMinute }: AgentConfig,
  { accept, budget, cwd, dev, log, pipeline, service }: TrackingParts,
): { readonly tracker: RequestTracker; readonly gate: RequestGate } {
  const nowMs = (): number => performance.now();
  const gate = createRequestGate({
    next: budget.lightened(pipeline.addSpan),
    slowRequestMs,
    routeLimit: requestsPerMinute === 0 ? undefined : createRouteLimit({ requestsPerMinute, nowMs }),
    random: Math.random,
  });
  const tracker = new RequestTracker({
    service,
    callSites: budget.limited(createCallSiteReader(cwd)),
    next:
      dev === undefined
        ? gate.add
        : (span, request) => {
            gate.add(span, request);
            dev.onSpan(span, request);
          },
    abandon: gate.abandon,
    accept,
    nowMs,
    // A developer looks at one request, production at many.
    limits: { secondCallEvery: dev === undefined ? SECOND_CALL_EVERY : 1 },
    onFault: (fault) => log.warn(`the request tracker failed, counts may be missing: ${String(fault)}`),
  });
  return { tracker, gate };
}

function ownExportTest(config: AgentConfig): (target: string) => boolean {
  const own = Object.values(config.signals).map(({ url }) => url);
  return (target) => own.some((url) => target.startsWith(url));
}
