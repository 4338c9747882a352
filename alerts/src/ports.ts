import type {
  Alert,
  AlertState,
  Episode,
  Instance,
  Labels,
  Notification,
  Signal,
  Silence,
} from '../schema/index.ts';

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
  /** Requests in the window; points for the signals queue and metric. */
  readonly samples: number;
}

export interface Reading {
  readonly groups: readonly GroupReading[];
  /** Everything received before this is queryable. When nothing waits to be written, that is the present. */
  readonly watermarkMs: number;
  readonly truncated?: boolean;
}

/** Throws (or rejects) when the query failed; an absent group is not an error. */
export interface MetricSource {
  read(query: MetricQuery, signal: AbortSignal): Promise<Reading>;
}

/** The bytes of one message on one channel: immutable from enqueue to the last attempt. */
export interface OutboxRow {
  /** `<eventId>:<channel>`, unique: a second enqueue of the same event is ignored. */
  readonly id: string;
  readonly channel: string;
  /** FIFO lane: of one (channel, dedupKey) only the oldest open row may be claimed. */
  readonly dedupKey: string;
  readonly notification: Notification;
  readonly createdAtMs: number;
  readonly notBeforeMs: number;
}

export interface ClaimedRow extends OutboxRow {
  /** 1 on the first attempt. */
  readonly attempt: number;
  /** Fences the settlement: a claim that has lapsed and was taken by another is refused. */
  readonly lease: string;
}

export interface ClaimRequest {
  readonly channel: string;
  readonly nowMs: number;
  readonly rowsMax: number;
  readonly leaseMs: number;
}

export type Settlement = { readonly id: string; readonly lease: string; readonly atMs: number } & (
  | { readonly kind: 'delivered' }
  | { readonly kind: 'retry'; readonly notBeforeMs: number; readonly reason: string }
  | { readonly kind: 'dead'; readonly reason: string; readonly followUp: readonly OutboxRow[] }
);

export interface StoredRule {
  readonly tickMs: number;
  readonly instances: readonly Instance[];
}

export interface CommitBatch {
  readonly ruleUid: string;
  /** The tick this batch was computed from; null for a rule without state. */
  readonly expectedTickMs: number | null;
  /** The last tick evaluated; null forgets the rule and its instances. */
  readonly tickMs: number | null;
  /** Inserted or replaced by id. */
  readonly instances: readonly Instance[];
  readonly removedIds: readonly string[];
  /** Inserted or replaced by id. */
  readonly episodes: readonly Episode[];
  /** Inserted; an id that is there already is left as it is. */
  readonly outbox: readonly OutboxRow[];
}

export interface EpisodeQuery {
  readonly fromMs: number;
  readonly toMs: number;
  readonly rowsMax: number;
  readonly ruleUid?: string;
}

export interface OutboxDepth {
  readonly channel: string;
  readonly pending: number;
  readonly dead: number;
  readonly oldestPendingMs: number | null;
}

/** A channel with this many open rows takes no more: further ones are stored as dead with `outbox_full`. */
export const outboxPendingMax = 10_000;

/** Silences that have not ended. */
export const silencesMax = 1_000;

/** Durable state. Its contract suite is `@nightjar/alerts/testing`; each method is one transaction. */
export interface AlertStore {
  load(ruleUid: string): Promise<StoredRule | undefined>;
  ruleUids(): Promise<readonly string[]>;
  /** All of the batch or nothing; `superseded` when the stored tick is not `expectedTickMs`. */
  commit(batch: CommitBatch): Promise<'committed' | 'superseded'>;
  /** Firing first, then recovering, pending, inactive; the latest change first within each. */
  listAlerts(query: { readonly states?: readonly AlertState[]; readonly rowsMax: number }): Promise<Alert[]>;
  /** Episodes that overlap [fromMs, toMs), the latest to fire first. */
  listEpisodes(query: EpisodeQuery): Promise<Episode[]>;
  claim(request: ClaimRequest): Promise<ClaimedRow[]>;
  /** False when the lease is no longer held; nothing is changed then. */
  settle(settlement: Settlement): Promise<boolean>;
  /** The channels that have open or dead rows. */
  outboxDepths(): Promise<OutboxDepth[]>;
  /** Inserted or replaced by id; `full` when it is new and there are `silencesMax` that end after `nowMs`. */
  saveSilence(silence: Silence, nowMs: number): Promise<'saved' | 'full'>;
  /** Ends it at `atMs`, or forgets it when it has not begun; false when there is none that would still mute. */
  endSilence(id: string, atMs: number): Promise<boolean>;
  /** Those that end after, the first to begin first, `silencesMax` at most. */
  listSilences(endsAfterMs: number): Promise<Silence[]>;
  /** Forgets delivered and dead rows, closed episodes and silences that ended before; returns how many. */
  prune(beforeMs: number): Promise<number>;
  close(): Promise<void>;
}

export type SendOutcome =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'retry'; readonly reason: string; readonly afterMs?: number }
  | { readonly kind: 'rejected'; readonly reason: string };

/** One way out. `send` may also throw: that counts as retry. The signal ends the attempt. */
export interface Channel {
  readonly name: string;
  send(notification: Notification, signal: AbortSignal): Promise<SendOutcome>;
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
  | 'deliveries_sent'
  | 'deliveries_retried'
  | 'deliveries_dead'
  | 'leases_lost';
export type Count = (counter: AlertCounter, by: number) => void;
