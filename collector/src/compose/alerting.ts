import {
  createDeliveryWorker,
  createEngine,
  createScheduler,
  loadChannels,
  loadRules,
  openChannel,
  parseAllowList,
} from '@nightjar/alerts';
import type { AlertStore, Count, MetricSource } from '@nightjar/alerts';
import type { ChannelConfig } from '@nightjar/alerts/schema';
import type { Logger } from 'pino';
import type { AlertDesk } from '../api/alerting/index.ts';
import { isLoopback, readSecret } from '../config.ts';
import type { Config } from '../config.ts';
import type { Rules } from '../contract/index.ts';
import { StartFailure } from '../errors.ts';

export interface AlertingOptions {
  readonly config: Pick<Config, 'rulesDir' | 'webhook' | 'host' | 'channelAllow'>;
  readonly store: AlertStore;
  readonly source: MetricSource;
  /** Start of the links in messages. */
  readonly dashboardUrl: string;
  readonly log: Logger;
  readonly count: Count;
  readonly now: () => number;
}

export interface Alerting extends AlertDesk {
  start(): void;
  stop(): Promise<void>;
  /** Alerts that fire, a service. */
  firingByService(): Promise<ReadonlyMap<string, number>>;
}

/** Rows of one answer. */
const alertsMax = 2_000;

/** Rules from the configured directory, state in the state driver, messages to the log and the configured webhook. */
export async function composeAlerting(options: AlertingOptions): Promise<Alerting> {
  const { config, store, source, log, count, now } = options;
  const loaded = await loadRules(config.rulesDir);
  const unreadable = loaded.problems.find(({ code }) => code === 'directory_unreadable');
  if (unreadable !== undefined) {
    const problem = unreadable.message.replace(/^file: /, '');
    throw new StartFailure('config_invalid', `NIGHTJAR_RULES_DIR=${config.rulesDir}: ${problem}`);
  }
  for (const problem of loaded.problems) log.error({ ...problem }, 'alert rule not loaded');
  const { channels, problems: channelProblems } = await openChannels(options);
  for (const problem of channelProblems) log.error({ ...problem }, 'alert channel not loaded');
  const baseUrl = options.dashboardUrl;
  const worker = createDeliveryWorker({ store, channels, fallback: 'log', baseUrl, now, log, count });
  const engine = createEngine({ source, store, channels: worker.channels, baseUrl, log, count });
  const { rules, inhibitions } = loaded;
  engine.apply({ rules, inhibitions, isComplete: loaded.problems.length === 0 });
  const scheduler = createScheduler({ engine, worker, store, now, log });

  return {
    start: () => scheduler.start(),
    stop: async () => await scheduler.stop(),
    store,
    listRules: () => ({
      rules,
      sourceOf: () => ({ kind: 'file', path: config.rulesDir }),
      problems: [
        ...loaded.problems.map(({ file, rule, message }) => toProblem([file, rule], message)),
        ...channelProblems.map(({ file, channel, message }) => toProblem([file, channel], message)),
      ],
    }),
    async firingByService() {
      const firing = new Map<string, number>();
      for (const { labels } of await store.listAlerts({ states: ['firing'], rowsMax: alertsMax })) {
        const { service } = labels;
        if (service !== undefined) firing.set(service, (firing.get(service) ?? 0) + 1);
      }
      return firing;
    },
  };
}

/** The log, the webhook of the settings, and what `channels.yaml` beside the rules names. */
async function openChannels({ config, log, now }: AlertingOptions) {
  const { webhook, rulesDir } = config;
  const own: ChannelConfig[] = [
    { kind: 'log', name: 'log' },
    ...(webhook === undefined ? [] : [{ kind: 'webhook' as const, name: 'webhook', ...webhook }]),
  ];
  const reserved = own.map(({ name }) => name);
  const { channels, problems } = await loadChannels(rulesDir, { readSecret, reserved });
  const { entries: allowed, unread } = parseAllowList(config.channelAllow);
  if (unread.length > 0)
    throw new StartFailure(
      'config_invalid',
      `NIGHTJAR_CHANNEL_ALLOW=${config.channelAllow.slice(0, 200)}: ${unread[0] ?? ''} is not host, host:port or ` +
        'address/bits. Write for example alerts.lan:9093,10.1.0.0/16.',
    );
  const policy = { isPrivateAllowed: isLoopback(config.host), allowed };
  return { channels: [...own, ...channels].map((it) => openChannel(it, { log, now, policy })), problems };
}

function toProblem(place: readonly (string | undefined)[], problem: string): Rules['problems'][number] {
  return { path: place.filter((part) => part !== undefined).join(' '), problem };
}
