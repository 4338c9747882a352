import type { Actions, AlertStore, DeliveryWorker, RangeSource, RuleStore } from '@nightjar/alerts';
import type { AlertRule } from '@nightjar/alerts/schema';
import type { RuleSource, Rules } from '../../contract/index.ts';
import type { ReleasesRequest, SeenRelease } from '../../query/index.ts';

export interface RuleBook {
  readonly rules: readonly AlertRule[];
  readonly problems: Rules['problems'];
  readonly sourceOf: (uid: string) => RuleSource;
}

/** What the routes on alerts need of the alerting that runs. */
export interface AlertDesk {
  readonly store: AlertStore;
  readonly worker: Pick<DeliveryWorker, 'health' | 'test' | 'alertChannels'>;
  readonly actions: Actions;
  /** Of the webhooks by which PagerDuty reports acknowledgements. */
  readonly pagerDutySecrets: readonly string[];
  readonly channelProblems: Rules['problems'];
  readonly listRules: () => RuleBook;
  /** Rules made here, as they are kept. */
  readonly ruleStore: RuleStore;
  /** Puts what is kept in force. */
  readonly reloadRules: () => Promise<void>;
  /** What previews read. */
  readonly rangeSource: RangeSource;
}

export interface AlertContext {
  /** Alerting starts after the server that answers for it. */
  readonly desk: Promise<AlertDesk>;
  readonly now: () => number;
  /** Releases of a service that were first seen in [fromMs, toMs). */
  readonly releases: (request: ReleasesRequest) => Promise<readonly SeenRelease[]>;
}

/** Rows of one answer. */
export const alertsMax = 2_000;
export const episodesMax = 1_000;
