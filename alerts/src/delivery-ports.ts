// What delivery asks of the outside, and what passes between the two.
import type {
  ConditionOp,
  Evidence,
  GroupPolicy,
  Labels,
  Notification,
  NotificationKind,
  NotifyGroup,
  Signal,
} from '../schema/index.ts';

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
  /** Episodes that it tells of, for `listDeliveries`; absent: that of the notification. */
  readonly episodeIds?: readonly string[];
}

export interface ClaimedRow extends OutboxRow {
  /** 1 on the first attempt. */
  readonly attempt: number;
  /** Open rows after it in its lane, oldest first, `laneRowsMax` at most. */
  readonly behind: readonly WaitingRow[];
  /** Fences the settlement: a claim that has lapsed and was taken by another is refused. */
  readonly lease: string;
}

export interface WaitingRow {
  readonly id: string;
  readonly notification: Notification;
}

/** Rows of one lane that are looked at together. */
export const laneRowsMax = 50;

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

/**
 * Puts the claimed row, or one behind it, in the place of others of its lane before anything of it is sent. The rows in
 * `absorbedIds` are settled as absorbed; `kept` gets its new body.
 */
export interface Rewrite {
  readonly id: string;
  readonly lease: string;
  readonly atMs: number;
  readonly kept: WaitingRow;
  readonly absorbedIds: readonly string[];
}

/** One alert's change, to be told with others of its group. */
export interface GroupNote {
  readonly scope: string;
  readonly labels: Labels;
  readonly channel: string;
  readonly policy: GroupPolicy;
  readonly notification: Notification;
  readonly atMs: number;
  /** Its end is held back for good: the group forgets the alert without a word. */
  readonly isQuiet?: boolean;
}

export interface StoredGroup {
  readonly version: number;
  readonly group: NotifyGroup;
}

/** The result of looking at a group that was due: its next state, null when nothing is left, and what is to be sent. */
export interface GroupFlush {
  readonly id: string;
  readonly expectedVersion: number;
  readonly group: NotifyGroup | null;
  readonly outbox: readonly OutboxRow[];
}

export const groupsListedMax = 1_000;

export type DeliveryStatus = 'pending' | 'delivered' | 'dead' | 'absorbed';

/** One message on one channel and what became of it. `absorbed`: told as part of a later message. */
export interface Delivery {
  readonly id: string;
  readonly channel: string;
  readonly status: DeliveryStatus;
  readonly attempts: number;
  /** Why the last attempt failed, or why it was given up; null when nothing did. */
  readonly reason: string | null;
  readonly createdAtMs: number;
  readonly notBeforeMs: number;
  readonly settledAtMs: number | null;
  readonly notification: Notification;
}

/** All that are given must hold; the latest first. */
export interface DeliveryQuery {
  readonly episodeId?: string;
  readonly channel?: string;
  readonly status?: DeliveryStatus;
  readonly rowsMax: number;
}

export interface ActionQuery {
  readonly alertId?: string;
  readonly episodeId?: string;
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly rowsMax: number;
}

/** Actions kept of one episode or, without one, of one alert; beyond it further ones are refused. */
export const actionsMax = 200;
/** Alerts with an acknowledgement or a snooze that are looked at. */
export const holdsMax = 10_000;

export interface OutboxDepth {
  readonly channel: string;
  readonly pending: number;
  readonly dead: number;
  readonly oldestPendingMs: number | null;
}

/** A channel with this many open rows takes no more: further ones are stored as dead with `outbox_full`. */
export const outboxPendingMax = 10_000;

interface Answered {
  /** The HTTP status, where there was one. */
  readonly status?: number;
  /** May quote what the receiver answered: for the log alone, no API shows it. */
  readonly detail?: string;
}
export type SendOutcome =
  | ({ readonly kind: 'delivered' } & Answered)
  | ({ readonly kind: 'retry'; readonly reason: string; readonly afterMs?: number } & Answered)
  | ({ readonly kind: 'rejected'; readonly reason: string } & Answered);

/** One way out. `send` may also throw: that counts as retry. The signal ends the attempt. */
export interface Channel {
  readonly name: string;
  readonly kind?: string;
  send(notification: Notification, signal: AbortSignal): Promise<SendOutcome>;
  /** Beats so often while alerting works, for a dead man's switch at the other end. */
  readonly heartbeatMs?: number;
  /** False: for heartbeats only. */
  readonly takesAlerts?: boolean;
  /** Groups by itself, so it is told of every alert alone. */
  readonly isGrouping?: boolean;
}

/** How a channel fares in this process. */
export interface ChannelHealth {
  readonly channel: string;
  readonly kind: string;
  readonly heartbeatMs: number | null;
  readonly state: 'closed' | 'open' | 'half_open';
  /** Failures in a row. */
  readonly failures: number;
  /** Nothing is sent before; null while it works. */
  readonly pausedUntilMs: number | null;
  readonly lastDeliveredAtMs: number | null;
  readonly lastFailure: { readonly atMs: number; readonly reason: string } | null;
}

export interface TestResult {
  readonly status: 'delivered' | 'failed' | 'refused' | 'unknown_channel' | 'too_soon';
  /** What the receiver answered, where there is such a number. */
  readonly httpStatus: number | null;
  /** Why not; never more of an answer than its status. */
  readonly reason: string | null;
  readonly tookMs: number;
}

/** What a notification may be told of the bad window. */
export interface EvidenceRequest {
  readonly ruleUid: string;
  readonly kind: NotificationKind;
  /** Absent when the rule is gone. */
  readonly signal?: Signal;
  readonly labels: Labels;
  readonly op: ConditionOp | null;
  readonly threshold: number | null;
  /** The bad window: from the start of the first window that breached to the end of the last. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly baseUrl: string;
}

/** Asked before the first attempt of a trigger, `evidenceTimeoutMs` at most; failing or late, the message goes without. */
export interface EvidenceSource {
  read(request: EvidenceRequest, signal: AbortSignal): Promise<Evidence | undefined>;
}
