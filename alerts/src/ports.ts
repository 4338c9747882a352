import type {
  Alert,
  AlertAction,
  AlertHold,
  AlertState,
  Episode,
  Instance,
  Labels,
  Signal,
  Silence,
} from '../schema/index.ts';
import type {
  ActionQuery,
  ClaimRequest,
  ClaimedRow,
  Delivery,
  DeliveryQuery,
  GroupFlush,
  GroupNote,
  OutboxDepth,
  OutboxRow,
  Rewrite,
  Settlement,
  StoredGroup,
} from './delivery-ports.ts';

export type * from './delivery-ports.ts';
export { actionsMax, groupsListedMax, holdsMax, laneRowsMax, outboxPendingMax } from './delivery-ports.ts';

/** Wall clock in epoch milliseconds, handed in so that tests own time. */
export type Now = () => number;

/** Rows a source may return for one query; beyond it, the busiest come first and `truncated` is set. */
export const readingGroupsMax = 10_000;

export interface MetricQuery {
  readonly signal: Signal;
  readonly groupBy: readonly string[];
  /** Inclusive, epoch ms. */
  readonly fromMs: number;
  /** Exclusive, epoch ms. */
  readonly toMs: number;
  readonly groupsMax: number;
}

export interface GroupReading {
  /** Exactly the labels of `groupBy`. */
  readonly labels: Labels;
  readonly value: number | null;
  /** Requests in the window; log records or points where the signal is about those. */
  readonly samples: number;
  /** What the value is made of, for the reason of the verdict. With the value null: why it cannot be judged yet. */
  readonly note?: string;
}

export interface Reading {
  readonly groups: readonly GroupReading[];
  /** Everything received before this is queryable. When nothing waits to be written, that is the present. */
  readonly watermarkMs: number;
  readonly truncated?: boolean;
}

/** When the last of a service's requests that began in [fromMs, toMs) arrived. */
export interface Arrival {
  readonly service: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly lastIngestedMs: number;
}

/** Throws (or rejects) when the query failed; an absent group is not an error. */
export interface MetricSource {
  read(query: MetricQuery, signal: AbortSignal): Promise<Reading>;
  /** Rejects when the store answers nobody. A source without it is taken to be well. */
  health?(signal: AbortSignal): Promise<{ readonly watermarkMs: number }>;
  /** Milliseconds from the end of a request to its arrival, for 99.5 % of those of the last day, a service. */
  ingestLag?(signal: AbortSignal): Promise<ReadonlyMap<string, number>>;
  /** Of requests that began since then; spans of a few seconds. */
  arrivals?(sinceMs: number, signal: AbortSignal): Promise<readonly Arrival[]>;
}

export interface StoredRule {
  readonly tickMs: number;
  readonly instances: readonly Instance[];
}

export interface CommitBatch {
  readonly ruleUid: string;
  /** The tick this batch was computed from; null for a rule without state. */
  readonly expectedTickMs: number | null;
  /** The lease it was computed under: `superseded` when another evaluator has taken it since. */
  readonly epoch?: number;
  /** The last tick evaluated; null forgets the rule and its instances. */
  readonly tickMs: number | null;
  /** Inserted or replaced by id. */
  readonly instances: readonly Instance[];
  readonly removedIds: readonly string[];
  /** Inserted or replaced by id. */
  readonly episodes: readonly Episode[];
  /** Inserted; an id that is there already is left as it is. */
  readonly outbox: readonly OutboxRow[];
  /** Taken into their groups in order, by `takeNotes`. */
  readonly groupNotes?: readonly GroupNote[];
}

export interface EpisodeQuery {
  readonly fromMs: number;
  readonly toMs: number;
  readonly rowsMax: number;
  readonly ruleUid?: string;
}

export interface LeaseRequest {
  /** Of one evaluator in one life of its process. */
  readonly holder: string;
  readonly leaseMs: number;
}

/** Silences that have not ended. */
export const silencesMax = 1_000;

/** Durable state. Its contract suite is `@nightjar/alerts/testing`; each method is one transaction. */
export interface AlertStore {
  load(ruleUid: string): Promise<StoredRule | undefined>;
  ruleUids(): Promise<readonly string[]>;
  /** All of the batch or nothing; `superseded` when the stored tick is not `expectedTickMs`. */
  commit(batch: CommitBatch): Promise<'committed' | 'superseded'>;
  /** Several rules in one transaction: each as with `commit`, one that is superseded leaves the others. */
  commitAll?(batches: readonly CommitBatch[]): Promise<readonly ('committed' | 'superseded')[]>;
  /**
   * Takes the right to evaluate for `leaseMs`, or renews it. Returns its epoch, which grows with each new holder;
   * undefined while another holds it. A store that only one process can open has no lease.
   */
  lead?(request: LeaseRequest): Promise<number | undefined>;
  /** Gives the right back, so that another need not wait; nothing happens where `holder` has it not. */
  resign?(holder: string): Promise<void>;
  /** Firing first, then recovering, pending, inactive; the latest change first within each. */
  listAlerts(query: { readonly states?: readonly AlertState[]; readonly rowsMax: number }): Promise<Alert[]>;
  findAlert(id: string): Promise<Alert | undefined>;
  findEpisode(id: string): Promise<Episode | undefined>;
  /** Episodes that overlap [fromMs, toMs), the latest to fire first. */
  listEpisodes(query: EpisodeQuery): Promise<Episode[]>;
  claim(request: ClaimRequest): Promise<ClaimedRow[]>;
  /** False when the lease is no longer held; nothing is changed then. */
  settle(settlement: Settlement): Promise<boolean>;
  /** Inserted like those of a commit. */
  enqueue(rows: readonly OutboxRow[]): Promise<void>;
  /** False when the lease is no longer held; nothing is changed then. */
  rewrite(rewrite: Rewrite): Promise<boolean>;
  /** The latest first. */
  listDeliveries(query: DeliveryQuery): Promise<Delivery[]>;
  /** Groups whose `dueAt` is not after `nowMs`, the longest due first. */
  dueGroups(nowMs: number, rowsMax: number): Promise<StoredGroup[]>;
  /** All of the flush or nothing; `superseded` when the group changed since it was read. */
  commitGroup(flush: GroupFlush): Promise<'committed' | 'superseded'>;
  /** `groupsListedMax` at most, by id. */
  listGroups(): Promise<StoredGroup[]>;
  /** `known` when its id is there already, `full` at `actionsMax`; nothing is changed then. */
  recordAction(action: AlertAction): Promise<'recorded' | 'known' | 'full'>;
  /** The latest first. */
  listActions(query: ActionQuery): Promise<AlertAction[]>;
  /** Acknowledgements whose episode is open and snoozes that end after `nowMs`; alerts by id, `holdsMax` at most. */
  listHolds(nowMs: number): Promise<AlertHold[]>;
  /** The channels that have open or dead rows. */
  outboxDepths(): Promise<OutboxDepth[]>;
  /** Inserted or replaced by id; `full` when it is new and there are `silencesMax` that end after `nowMs`. */
  saveSilence(silence: Silence, nowMs: number): Promise<'saved' | 'full'>;
  /** Ends it at `atMs`, or forgets it when it has not begun; false when there is none that would still mute. */
  endSilence(id: string, atMs: number): Promise<boolean>;
  /** Those that end after, the first to begin first, `silencesMax` at most. */
  listSilences(endsAfterMs: number): Promise<Silence[]>;
  /** Forgets settled rows, closed episodes, actions and silences that ended before; returns how many. */
  prune(beforeMs: number): Promise<number>;
  close(): Promise<void>;
}

/** What the package counts, for the collector's own metrics. */
export type AlertCounter =
  | 'ticks_evaluated'
  | 'ticks_skipped'
  | 'reads_failed'
  | 'commits_superseded'
  | 'rules_failed'
  | 'events_enqueued'
  | 'groups_dropped'
  | 'ticks_corrected'
  | 'turns_followed'
  | 'health_probes_failed'
  | 'deliveries_sent'
  | 'deliveries_retried'
  | 'deliveries_dead'
  | 'leases_lost'
  | 'deliveries_absorbed'
  | 'groups_flushed'
  | 'flushes_superseded'
  | 'group_members_dropped'
  | 'evidence_missing'
  | 'breakers_opened'
  | 'heartbeats_withheld';
export type Count = (counter: AlertCounter, by: number) => void;
