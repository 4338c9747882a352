import type { Logger } from 'pino';
import type { Caller } from '../api/endpoint-handlers.ts';
import { createLoginGate } from '../api/login.ts';
import { createApi } from '../api/server.ts';
import { isLoopback } from '../config.ts';
import type { Config } from '../config.ts';
import type { Health } from '../contract/index.ts';
import type { DataDir } from '../lifecycle.ts';
import { uiDir, version } from '../package-paths.ts';
import type { JudgeTrace } from '../query/index.ts';
import type { SelfMetrics } from '../self-metrics.ts';
import type { StateDriver } from '../state/driver.ts';
import type { Storage } from '../storage/index.ts';
import type { Alerting } from './alerting.ts';
import { explainStorage } from './explain-storage.ts';
import { createHandlers } from './handlers.ts';
import { listenOn } from './listen.ts';

export interface ServeOptions {
  readonly config: Config;
  readonly dataDir: DataDir;
  readonly storage: Storage;
  readonly state: StateDriver;
  readonly metrics: SelfMetrics;
  /** Comes after the server, because its links hold the server's port. */
  readonly alerting: Promise<Alerting>;
  readonly judge: JudgeTrace;
  readonly health: (caller: Caller) => Promise<Health>;
  readonly now: () => number;
  readonly log: Logger;
}

/** The dashboard's server, listening. */
export async function serveApi(options: ServeOptions): Promise<{ port: number; close(): Promise<void> }> {
  const { config, dataDir, storage, state, metrics, alerting, judge, health, now, log } = options;
  const gate = await createLoginGate({
    login: config.login,
    salt: dataDir.secrets.loginSalt,
    sessions: state.sessions,
    now,
  });
  const { app } = await createApi({
    handlers: createHandlers({ storage, alerting, judge, health, now }),
    gate,
    explain: explainStorage,
    metricsText: metrics.text,
    now,
    log,
    uiDir,
    version,
    isLoopback: isLoopback(config.host),
    publicUrl: config.publicUrl,
  });
  const { host, port } = config;
  await listenOn({ host, port, setting: 'NIGHTJAR_PORT' }, async () => {
    await app.listen({ host, port, listenTextResolver: () => 'dashboard listens' });
  });
  const address = app.server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: async () => await app.close(),
  };
}
