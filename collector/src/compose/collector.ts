import { detect } from '@nightjar/agent/detect';
import type { Logger } from 'pino';
import type { Addresses } from '../banner.ts';
import type { Config } from '../config.ts';
import type { StopStep } from '../lifecycle.ts';
import { createEvidenceSource } from '../query/evidence.ts';
import { createMetricSource } from '../query/metric-source.ts';
import { createRangeSource } from '../query/range/range-source.ts';
import { createSweep } from '../sweep/index.ts';
import type { Sweep } from '../sweep/index.ts';
import { addressOf, instrumentLine } from './addresses.ts';
import { composeAlerting } from './alerting.ts';
import type { Alerting } from './alerting.ts';
import { openFoundation } from './foundation.ts';
import type { Foundation } from './foundation.ts';
import { createHealthReader } from './health-reader.ts';
import { composeIngest } from './ingest.ts';
import type { Ingest } from './ingest.ts';
import { serveApi } from './serve-api.ts';
import type { Served } from './serve-api.ts';

export interface Collector {
  readonly addresses: Addresses;
  /** In the order to run them; together under 10 s. */
  readonly stopSteps: readonly StopStep[];
}

/** Builds every part from the config and starts it. Rejects with `StartFailure` for what a person can mend. */
export async function composeCollector(config: Config, log: Logger): Promise<Collector> {
  const foundation = await openFoundation(config, log);
  const ingest = await composeIngest(foundation);
  const otlp = { http: addressOf(config, ingest.httpPort), grpc: addressOf(config, ingest.grpcPort) };
  const instrumentCommand = instrumentLine(config, otlp.http);
  // Made after the server that shows them, because the links in messages hold its port.
  const alertingMade = Promise.withResolvers<Alerting>();
  const health = createHealthReader(foundation, {
    otlp,
    instrumentCommand,
    journalBytes: ingest.journalBytes,
    rottenRecords: ingest.rottenRecords,
    ruleProblems: async () => (await alertingMade.promise).listRules().problems.length,
  });
  const served = await serveApi(foundation, { health, alerting: alertingMade.promise });
  const dashboard = config.publicUrl ?? addressOf(config, served.port);
  const source = createMetricSource({ storage: foundation.storage, watermarkMs: ingest.watermarkMs });
  const alerting = await composeAlerting({
    config,
    store: foundation.state.alerts,
    ruleStore: foundation.state.rules,
    source,
    rangeSource: createRangeSource({ storage: foundation.storage, source }),
    evidence: createEvidenceSource({ storage: foundation.storage }),
    dashboardUrl: dashboard,
    log: log.child({ part: 'alerts' }),
    count: (counter, by) => foundation.metrics.countAlerts(counter, by),
    now: foundation.now,
  });
  alertingMade.resolve(alerting);
  foundation.metrics.readEvaluationLagFrom(() => alerting.evaluationLagMs());
  const sweep = composeSweep(foundation, ingest);
  sweep.start();
  alerting.start();
  return {
    addresses: { dashboard, otlpHttp: otlp.http, otlpGrpc: otlp.grpc, instrumentCommand },
    stopSteps: stopSteps({ ...foundation, ingest, served, alerting, sweep }),
  };
}

function composeSweep(foundation: Foundation, { watermarkMs }: Ingest): Sweep {
  const { config, storage, state, metrics, now, log } = foundation;
  return createSweep({
    storage,
    detect,
    cursor: state.sweepCursor,
    now,
    metrics: metrics.sweep,
    log: log.child({ part: 'sweep' }),
    quietMs: config.sweepQuietMs,
    watermarkMs,
    // On a shared server others write too, and their watermark is not known here.
    overlapMs: storage.mode === 'server' ? serverOverlapMs : 0,
  });
}

const serverOverlapMs = 30_000;

interface Running extends Foundation {
  readonly ingest: Ingest;
  readonly served: Served;
  readonly alerting: Alerting;
  readonly sweep: Sweep;
}

/** First what brings data in, last what keeps it. The times add up to under 10 s, after which supervisors kill. */
function stopSteps({ ingest, served, alerting, sweep, state, storage, dataDir }: Running): StopStep[] {
  return [
    { name: 'receivers', timeoutMs: 1_500, stop: async () => await ingest.stopReceiving() },
    { name: 'api', timeoutMs: 1_000, stop: async () => await served.close() },
    { name: 'journal', timeoutMs: 3_000, stop: async () => await ingest.drain() },
    { name: 'alerts', timeoutMs: 1_500, stop: async () => await alerting.stop() },
    { name: 'sweep', timeoutMs: 1_000, stop: async () => await sweep.stop() },
    { name: 'state', timeoutMs: 500, stop: async () => await state.close() },
    { name: 'storage', timeoutMs: 1_000, stop: async () => await storage.close() },
    { name: 'data directory', timeoutMs: 100, stop: async () => dataDir.release() },
  ];
}
