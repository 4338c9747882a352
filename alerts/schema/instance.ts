import { z } from 'zod';
import { alert, episode } from './alert.ts';
import { labels } from './signal.ts';

const epochMs = z.number().int();
const active = { activeAt: epochMs, firedAt: epochMs, quietSince: epochMs.nullable() };

/** What the state machine remembers. `quietSince`: first tick without a judgeable value since the last one. */
export const phase = z.discriminatedUnion('state', [
  z.object({ state: z.literal('inactive') }),
  z.object({ state: z.literal('pending'), activeAt: epochMs }),
  z.object({ state: z.literal('firing'), ...active }),
  z.object({ state: z.literal('recovering'), ...active, okSince: epochMs }),
]);
export type Phase = Readonly<z.infer<typeof phase>>;

/** What people have been told: a resolve goes to the channels its trigger went to. */
export const announcement = z.object({
  episodeId: z.string(),
  firstAt: epochMs,
  lastAt: epochMs,
  channels: z.array(z.string()),
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
  alert,
});
export type Instance = Readonly<z.infer<typeof instance>>;
