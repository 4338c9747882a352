import { z } from 'zod';

const epochMs = z.number().int();

export const channelStateSchema = z.object({
  name: z.string(),
  kind: z.string(),
  /** Messages that wait, and that were given up. */
  pending: z.number().int(),
  dead: z.number().int(),
  oldestPendingAt: epochMs.nullable(),
  lastDeliveredAt: epochMs.nullable(),
  lastError: z.object({ at: epochMs, reason: z.string() }).nullable(),
  /** open: nothing is sent until `retryAt`, because the last messages failed one after the other. */
  breaker: z.object({ state: z.enum(['closed', 'open', 'half_open']), retryAt: epochMs.nullable() }),
  /** How often a heartbeat is sent; null without one. */
  heartbeatEveryMs: z.number().int().nullable(),
});
export type ChannelState = Readonly<z.infer<typeof channelStateSchema>>;

export const channelsSchema = z.object({
  channels: z.array(channelStateSchema),
  /** Channels that could not be loaded. */
  problems: z.array(z.object({ path: z.string(), problem: z.string() })),
});
export type Channels = z.infer<typeof channelsSchema>;

export const channelTestSchema = z.object({
  outcome: z.enum(['delivered', 'failed']),
  /** HTTP status of the receiver, where there is one. */
  status: z.number().int().nullable(),
  reason: z.string().nullable(),
  tookMs: z.number(),
});
export type ChannelTest = Readonly<z.infer<typeof channelTestSchema>>;

export const deliverySchema = z.object({
  channel: z.string(),
  transition: z.enum(['trigger', 'repeat', 'resolve']),
  /** absorbed: told as part of a later message. */
  status: z.enum(['pending', 'delivered', 'dead', 'absorbed']),
  attempts: z.number().int(),
  createdAt: epochMs,
  /** When it was delivered or given up. */
  settledAt: epochMs.nullable(),
  nextAttemptAt: epochMs.nullable(),
  /** Why the last attempt failed. */
  reason: z.string().nullable(),
});
export type Delivery = Readonly<z.infer<typeof deliverySchema>>;
