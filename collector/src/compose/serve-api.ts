import { createPagerDutyInbox } from '@nightjar/alerts';
import type { Caller } from '../api/endpoint-handlers.ts';
import { createLoginGate } from '../api/login.ts';
import { createApi } from '../api/server.ts';
import { isLoopback } from '../config.ts';
import type { Health } from '../contract/index.ts';
import { uiDir, version } from '../package-paths.ts';
import { judgeTrace } from '../sweep/index.ts';
import type { Alerting } from './alerting.ts';
import type { Foundation } from './foundation.ts';
import { explainStorage } from './explain-storage.ts';
import { createHandlers } from './handlers.ts';
import { listenOn } from './listen.ts';

export interface ServeParts {
  readonly health: (caller: Caller) => Promise<Health>;
  readonly alerting: Promise<Alerting>;
}

export interface Served {
  readonly port: number;
  close(): Promise<void>;
}

/** The dashboard's server, listening. */
export async function serveApi(foundation: Foundation, { health, alerting }: ServeParts): Promise<Served> {
  const { config, dataDir, storage, state, metrics, now } = foundation;
  const log = foundation.log.child({ part: 'api' });
  const gate = await createLoginGate({
    login: config.login,
    salt: dataDir.secrets.loginSalt,
    sessions: state.sessions,
    now,
  });
  const inbox = alerting.then(({ store, actions, pagerDutySecrets }) =>
    createPagerDutyInbox({ store, actions, secrets: pagerDutySecrets }),
  );
  const { app } = await createApi({
    handlers: createHandlers({ storage, alerting, judge: judgeTrace, health, now }),
    gate,
    explain: explainStorage,
    pagerDutyInbox: async (signed) => await (await inbox)(signed),
    metricsText: async () => await metrics.text(),
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
