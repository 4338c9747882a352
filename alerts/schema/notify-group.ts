import { z } from 'zod';
import { notification } from './notification.ts';
import { labels } from './signal.ts';

const epochMs = z.number().int();
const span = z.number().int().min(0);

/** Members that a group keeps; further ones are counted, and told as a number. */
export const groupMembersMax = 1_000;

export const groupPolicy = z.object({
  waitMs: span,
  intervalMs: span.min(1),
  /** Null: never. */
  repeatMs: span.nullable(),
  maxListed: z.number().int().min(1).max(100),
  sendResolved: z.boolean(),
});
export type GroupPolicy = Readonly<z.infer<typeof groupPolicy>>;

const member = z.object({
  /** The alert as it would have been told alone: its last trigger or its resolve. */
  notification,
  /** Part of a message that went into the outbox. */
  isTold: z.boolean(),
});
export type GroupMember = Readonly<z.infer<typeof member>>;

/** What a channel is to be told of one group of alerts, and when. Stored whole. */
export const notifyGroup = z.object({
  /** hex sha256 of scope, labels and channel; also the dedup key of its messages. */
  id: z.string(),
  /** The route or rule that groups. */
  scope: z.string(),
  labels,
  channel: z.string(),
  policy: groupPolicy,
  members: z.array(member),
  /** Alerts beyond `groupMembersMax` since the last message. */
  overflow: z.number().int(),
  /** First flush: later ones fall on whole intervals after it. */
  anchorAt: epochMs.nullable(),
  flushedAt: epochMs.nullable(),
  /** When it is to be looked at next; null: when the next alert arrives. */
  dueAt: epochMs.nullable(),
  seq: z.number().int(),
});
export type NotifyGroup = Readonly<z.infer<typeof notifyGroup>>;
