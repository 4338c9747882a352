import { z } from 'zod';
import { alert, episode, verdictKind } from './alert.ts';
import { groupPolicy } from './notify-group.ts';
import { breachesOfMax } from './rule.ts';
import { labels } from './signal.ts';

const epochMs = z.number().int();
/** With `breaches`: the ticks that breached, of those that still count. */
const breachedAt = z.array(epochMs).max(breachesOfMax).optional();
const active = { activeAt: epochMs, firedAt: epochMs, quietSince: epochMs.nullable(), breachedAt };

/** What the state machine remembers. `quietSince`: first tick without a judgeable value since the last one. */
export const phase = z.discriminatedUnion('state', [
  z.object({ state: z.literal('inactive') }),
  z.object({ state: z.literal('pending'), activeAt: epochMs, breachedAt }),
  z.object({ state: z.literal('firing'), ...active }),
  z.object({ state: z.literal('recovering'), ...active, okSince: epochMs }),
]);
export type Phase = Readonly<z.infer<typeof phase>>;

/** Ticks whose verdicts are remembered, in case that late data changes them. */
export const recentTicksMax = 3;

const recentTick = z.object({
  tickMs: epochMs,
  verdict: verdictKind,
  value: z.number().nullable(),
  samples: z.number().nullable(),
});
export type RecentTick = Readonly<z.infer<typeof recentTick>>;

const groupPlace = z.object({ scope: z.string(), labels, policy: groupPolicy });
/** Where an alert is grouped with others. */
export type GroupPlace = Readonly<z.infer<typeof groupPlace>>;

/** What people have been told: a resolve goes to the channels its trigger went to. */
export const announcement = z.object({
  episodeId: z.string(),
  firstAt: epochMs,
  lastAt: epochMs,
  channels: z.array(z.string()),
  /** Told as one of a group: its resolve goes the same way. */
  group: groupPlace.nullable().default(null),
});
export type Announcement = Readonly<z.infer<typeof announcement>>;

/** The stored state of one rule x group x condition. A store keeps it whole and may index id and ruleUid. */
export const instance = z.object({
  id: z.string(),
  ruleUid: z.string(),
  /** Severity of the condition, or the alert kind for those about the rule itself. */
  condition: z.string(),
  group: labels,
  phase,
  /** The open episode, while firing or recovering. */
  episode: episode.nullable(),
  announced: announcement.nullable(),
  /** Number of messages so far: part of the event id. */
  seq: z.number().int(),
  lastSeenAt: epochMs,
  /** The tick at which the group appeared. */
  firstSeenAt: epochMs.optional(),
  /** The verdicts of the last ticks, oldest first. */
  recent: z.array(recentTick).max(recentTicksMax).optional(),
  alert,
});
export type Instance = Readonly<z.infer<typeof instance>>;
