import { z } from 'zod';
import { alertKind, resolveReason } from './alert.ts';
import { evidence } from './evidence.ts';
import { conditionOp, severity } from './rule.ts';
import { labels } from './signal.ts';

const epochMs = z.number().int();

/** `channel_failing`, `watchdog` and `test` are about the channels themselves. */
export const notificationKind = z.union([alertKind, z.enum(['channel_failing', 'watchdog', 'test'])]);
export type NotificationKind = z.infer<typeof notificationKind>;

/** One line of a message: what it is called and what it says. */
const fact = z.object({ name: z.string(), value: z.string() });
export type Fact = Readonly<z.infer<typeof fact>>;

const plainNotification = z.object({
  /** hex sha256 of (rule, group, condition, episode start, transition, seq): the same from any evaluator. */
  eventId: z.string(),
  episodeId: z.string(),
  seq: z.number().int(),
  /** Messages of one alert, or of one group of alerts, share it; a receiver opens and closes one incident by it. */
  dedupKey: z.string(),
  transition: z.enum(['trigger', 'repeat', 'resolve']),
  kind: notificationKind,
  reason: resolveReason.nullable(),
  ruleUid: z.string(),
  ruleName: z.string(),
  labels,
  severity,
  title: z.string(),
  /** All of the message in plain lines, evidence and links included. */
  text: z.string(),
  op: conditionOp.nullable(),
  threshold: z.number().nullable(),
  value: z.number().nullable(),
  unit: z.string(),
  samples: z.number().nullable(),
  activeAt: epochMs,
  firedAt: epochMs,
  resolvedAt: epochMs.nullable(),
  /** End of the data the verdict was made from. */
  dataAsOf: epochMs,
  /** Start of the first window that breached; the bad window ends at `dataAsOf`. */
  windowFrom: epochMs.default(0),
  /** The page of what the alert is about. */
  url: z.string(),
  /** The page of its episode; null for what has none of its own, such as a message of several alerts. */
  episodeUrl: z.string().nullable().default(null),
  runbook: z.string().nullable(),
  annotations: labels,
  /** The lines of the text by name, for receivers that can show a table. Links and evidence are not among them. */
  facts: z.array(fact).default([]),
  /** Sentences about the message itself. */
  notes: z.array(z.string()).default([]),
  evidence: evidence.nullable().default(null),
  /** It fired and ended before anybody could be told: the only message of its episode. */
  isMissed: z.boolean().default(false),
});

/** An alert as a message of its group lists it. */
const listedAlert = plainNotification.omit({ text: true, evidence: true, notes: true, seq: true });
export type ListedAlert = Readonly<z.infer<typeof listedAlert>>;

/** One message to people. Immutable from its first attempt to its last: every attempt sends the same bytes. */
export const notification = plainNotification.extend({
  /** Set when the message tells of several alerts: those that fire and those that ended, the worst first. */
  group: z
    .object({
      labels,
      firing: z.number().int(),
      resolved: z.number().int(),
      alerts: z.array(listedAlert),
      /** Alerts that are not among `alerts`. */
      unlisted: z.number().int(),
    })
    .nullable()
    .default(null),
});
export type Notification = Readonly<z.infer<typeof notification>>;
