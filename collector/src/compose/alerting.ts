import { randomUUID } from 'node:crypto';
import {
  createActions,
  createDeliveryWorker,
  createEngine,
  createGrouper,
  createScheduler,
  createWatchdog,
  loadRules,
} from '@nightjar/alerts';
import type { AlertStore, Count, EvidenceSource, MetricSource } from '@nightjar/alerts';
import type { Logger } from 'pino';
import type { AlertDesk } from '../api/alerting/index.ts';
import type { Config } from '../config.ts';
import type { Rules } from '../contract/index.ts';
import { StartFailure } from '../errors.ts';
import { openAlertChannels } from './alert-channels.ts';
import { createFreshness } from './evaluation-freshness.ts';

export interface AlertingOptions {
  readonly config: Pick<Config, 'rulesDir' | 'webhook' | 'host' | 'channelAllow'>;
  readonly store: AlertStore;
  readonly source: MetricSource;
  /** What explains an alert; absent: messages go without. */
  readonly evidence?: EvidenceSource;
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
  const { config, store, source, evidence, log, now } = options;
  const loaded = await loadRules(config.rulesDir);
  const unreadable = loaded.problems.find(({ code }) => code === 'directory_unreadable');
  if (unreadable !== undefined) {
    const problem = unreadable.message.replace(/^file: /, '');
    throw new StartFailure('config_invalid', `NIGHTJAR_RULES_DIR=${config.rulesDir}: ${problem}`);
  }
  for (const problem of loaded.problems) log.error({ ...problem }, 'alert rule not loaded');
  const opened = await openAlertChannels(options);
  const { channels, routing, pagerDutySecrets } = opened;
  for (const problem of opened.problems) log.error({ ...problem }, 'alert channel or route not loaded');
  const baseUrl = options.dashboardUrl;
  const { rules, inhibitions } = loaded;
  const { count, isEvaluating } = createFreshness({ count: options.count, now, rules: () => engine.rules() });
  const worker = createDeliveryWorker({
    store,
    channels,
    fallback: 'log',
    baseUrl,
    now,
    log,
    count,
    signalOf: (uid) => engine.rules().find((rule) => rule.uid === uid)?.signal,
    ...(evidence === undefined ? {} : { evidence }),
  });
  const engine = createEngine({
    source,
    store,
    channels: worker.alertChannels,
    routing,
    baseUrl,
    log,
    count,
  });
  engine.apply({ rules, inhibitions, isComplete: loaded.problems.length === 0 });
  const grouper = createGrouper({ store, now, log, count });
  const watchdog = createWatchdog({ channels, send: worker.sendNow, isEvaluating, baseUrl, now, log, count });
  const scheduler = createScheduler({ engine, worker, grouper, watchdog, store, now, log });

  return {
    start: () => scheduler.start(),
    stop: async () => await scheduler.stop(),
    store,
    worker,
    actions: createActions({ store, now, newId: randomUUID }),
    pagerDutySecrets,
    channelProblems: opened.problems,
    listRules: () => ({
      rules,
      sourceOf: () => ({ kind: 'file', path: config.rulesDir }),
      problems: [
        ...loaded.problems.map(({ file, rule, message }) => toProblem([file, rule], message)),
        ...opened.problems,
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

function toProblem(place: readonly (string | undefined)[], problem: string): Rules['problems'][number] {
  return { path: place.filter((part) => part !== undefined).join(' '), problem };
}
