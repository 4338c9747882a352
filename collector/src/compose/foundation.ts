import type { AlertStore } from '@nightjar/alerts';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { openDataDir } from '../lifecycle.ts';
import type { DataDir } from '../lifecycle.ts';
import { version } from '../package-paths.ts';
import { readSpanTimes } from '../query/index.ts';
import { createSelfMetrics } from '../self-metrics.ts';
import type { SelfMetrics } from '../self-metrics.ts';
import type { StateDriver } from '../state/driver.ts';
import type { Storage } from '../storage/index.ts';
import { openEngine } from './open-engine.ts';
import { openState } from './open-state.ts';
import { createSpanClock } from './span-times.ts';
import type { SpanClock } from './span-times.ts';

/** What every other part stands on. */
export interface Foundation {
  readonly config: Config;
  readonly log: Logger;
  readonly now: () => number;
  readonly startedMs: number;
  readonly dataDir: DataDir;
  readonly metrics: SelfMetrics;
  readonly storage: Storage;
  readonly state: StateDriver;
  readonly spanClock: SpanClock;
}

export async function openFoundation(config: Config, log: Logger): Promise<Foundation> {
  const now = Date.now;
  const startedMs = now();
  const dataDir = openDataDir(config.dataDir);
  const storage = await openEngine(config, dataDir, log.child({ part: 'storage' }));
  const state = await openState(config, dataDir);
  const times = await readSpanTimes({ storage });
  const stored = { firstMs: times.firstSpanAtMs, lastMs: times.lastSpanAtMs };
  const spanClock = await createSpanClock({ store: state.firstSpan, stored, now, log });
  const metrics = createSelfMetrics(version);
  metrics.readOutboxFrom(async () => await readDepths(state, log));
  return { config, log, now, startedMs, dataDir, metrics, storage, state, spanClock };
}

/** None where the state database does not answer: the other metrics are wanted then more than ever. */
async function readDepths({ alerts }: StateDriver, log: Logger): ReturnType<AlertStore['outboxDepths']> {
  try {
    return await alerts.outboxDepths();
  } catch (error) {
    log.warn({ err: error }, 'the outbox cannot be counted for the metrics');
    return [];
  }
}
