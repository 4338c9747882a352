import type { Actions, AlertStore, DeliveryWorker } from '@nightjar/alerts';
import type { AlertRule } from '@nightjar/alerts/schema';
import type { RuleSource, Rules } from '../../contract/index.ts';

export interface RuleBook {
  readonly rules: readonly AlertRule[];
  readonly problems: Rules['problems'];
  readonly sourceOf: (uid: string) => RuleSource;
}

/** What the routes on alerts need of the alerting that runs. */
export interface AlertDesk {
  readonly store: AlertStore;
  readonly worker: Pick<DeliveryWorker, 'health' | 'test'>;
  readonly actions: Actions;
  /** Of the webhooks by which PagerDuty reports acknowledgements. */
  readonly pagerDutySecrets: readonly string[];
  readonly channelProblems: Rules['problems'];
  listRules(): RuleBook;
}

export interface AlertContext {
  /** Alerting starts after the server that answers for it. */
  readonly desk: Promise<AlertDesk>;
  readonly now: () => number;
}

/** Rows of one answer. */
export const alertsMax = 2_000;
export const episodesMax = 1_000;
