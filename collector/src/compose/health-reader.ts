import type { Caller } from '../api/endpoint-handlers.ts';
import type { Health } from '../contract/index.ts';
import { version } from '../package-paths.ts';
import { readSpanTimes } from '../query/index.ts';
import { createDatabaseProbe } from './database-probe.ts';
import type { Foundation } from './foundation.ts';
import { healthOf } from './health.ts';

export interface HealthSources {
  readonly otlp: { readonly http: string; readonly grpc: string };
  readonly instrumentCommand: string;
  readonly journalBytes: () => number;
  readonly rottenRecords: number;
  readonly ruleProblems: () => Promise<number>;
}

/** Gathers the facts that GET health is made of. */
export function createHealthReader(foundation: Foundation, sources: HealthSources) {
  const { config, storage, spanClock, startedMs, now } = foundation;
  const database = createDatabaseProbe(async () => await ask(foundation), now);
  return async (caller: Caller): Promise<Health> =>
    healthOf(
      {
        version,
        engine: storage.mode,
        startedMs,
        nowMs: now(),
        spans: spanClock.read(),
        otlp: { ...sources.otlp, isKeyRequired: config.ingestKeys.length > 0 },
        retentionDays: config.retentionDays,
        instrumentCommand: sources.instrumentCommand,
        isDatabaseReachable: database.isReachable(),
        journal: {
          bytes: sources.journalBytes(),
          maxBytes: config.journalMaxBytes,
          rottenRecords: sources.rottenRecords,
        },
        ruleProblems: await sources.ruleProblems(),
      },
      caller,
    );
}

/** A shared server is asked for its spans as well: they may have come through another collector. */
async function ask({ storage, spanClock }: Foundation): Promise<boolean> {
  if (storage.mode === 'embedded') return await storage.ping();
  const { firstSpanAtMs, lastSpanAtMs } = await readSpanTimes({ storage });
  spanClock.stored({ firstMs: firstSpanAtMs, lastMs: lastSpanAtMs });
  return true;
}
