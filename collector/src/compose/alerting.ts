import { randomUUID } from 'node:crypto';
import {
  createActions,
  createDeliveryWorker,
  createGrouper,
  createLeadership,
  createLedEngine,
  createScheduler,
  createWatchdog,
} from '@nightjar/alerts';
import type {
  AlertStore,
  Count,
  EvidenceSource,
  MetricSource,
  RangeSource,
  RuleStore,
} from '@nightjar/alerts';
import type { Logger } from 'pino';
import type { AlertDesk } from '../api/alerting/index.ts';
import type { Config } from '../config.ts';
import { openAlertChannels } from './alert-channels.ts';
import { listRules, openRules } from './alert-rules.ts';
import { createFreshness } from './evaluation-freshness.ts';

export interface AlertingOptions {
  readonly config: Pick<Config, 'rulesDir' | 'webhook' | 'host' | 'channelAllow'>;
  readonly store: AlertStore;
  /** Rules that were made in the dashboard. */
  readonly ruleStore: RuleStore;
  readonly source: MetricSource;
  /** What previews of rules read. */
  readonly rangeSource: RangeSource;
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
  /** How long ago a rule should have been evaluated and was not. */
  evaluationLagMs(): number;
  /** Alerts that fire, a service. */
  firingByService(): Promise<ReadonlyMap<string, number>>;
}

/** Rows of one answer. */
const alertsMax = 2_000;

/** Rules from the configured directory, state in the state driver, messages to the log and the configured webhook. */
export async function composeAlerting(options: AlertingOptions): Promise<Alerting> {
  const { store, ruleStore, source, rangeSource, evidence, log, now } = options;
  const opened = await openAlertChannels(options);
  const { channels, routing, pagerDutySecrets } = opened;
  for (const problem of opened.problems) log.error({ ...problem }, 'alert channel or route not loaded');
  const baseUrl = options.dashboardUrl;
  const { count, isEvaluating, lagMs } = createFreshness({
    count: options.count,
    now,
    rules: () => engine.rules(),
  });
  const worker = createDeliveryWorker({
    store,
    channels,
    fallbacks: opened.fallbacks,
    baseUrl,
    now,
    log,
    count,
    signalOf: (uid) => engine.rules().find((rule) => rule.uid === uid)?.signal,
    ...(evidence === undefined ? {} : { evidence }),
  });
  const leadership = createLeadership({ store, holder: randomUUID(), now, log });
  const engine = createLedEngine({
    leadership,
    source,
    store,
    channels: worker.alertChannels,
    routing,
    baseUrl,
    log,
    count,
  });
  const live = await openRules(options, engine);
  const grouper = createGrouper({ store, channels: worker.channels, now, log, count });
  const watchdog = createWatchdog({
    channels,
    send: async (channel, message) => await worker.sendNow(channel, message),
    isEvaluating,
    baseUrl,
    now,
    log,
    count,
  });
  // One heartbeat for all collectors, and from the one it vouches for.
  const beat = async () => (leadership.isLeading() ? await watchdog.beat() : 0);
  const scheduler = createScheduler({ engine, worker, grouper, watchdog: { beat }, store, now, log });

  return {
    start: () => [leadership, scheduler].forEach((it) => it.start()),
    stop: async () => {
      await live.close();
      await scheduler.stop();
      await leadership.stop();
    },
    store,
    ruleStore,
    rangeSource,
    reloadRules: async () => void (await live.reload()),
    worker,
    actions: createActions({ store, now, newId: randomUUID }),
    pagerDutySecrets,
    channelProblems: opened.problems,
    listRules: () => listRules(live.book(), opened.problems),
    evaluationLagMs: lagMs,
    firingByService: async () => await firingByService(store),
  };
}

async function firingByService(store: AlertStore): Promise<ReadonlyMap<string, number>> {
  const firing = new Map<string, number>();
  for (const { labels } of await store.listAlerts({ states: ['firing'], rowsMax: alertsMax })) {
    const { service } = labels;
    if (service !== undefined) firing.set(service, (firing.get(service) ?? 0) + 1);
  }
  return firing;
}
