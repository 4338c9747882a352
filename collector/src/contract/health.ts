import { z } from 'zod';

export const healthSchema = z.object({
  status: z.enum(['ok', 'degraded']),
  /** Why it is degraded; empty when ok. */
  problems: z.array(z.string()),
  version: z.string(),
  engine: z.enum(['embedded', 'server']),
  uptimeS: z.number(),
  /** null until the first span of all time arrived: the dashboard then shows the first-run page. */
  firstSpanAtMs: z.number().nullable(),
  lastSpanAtMs: z.number().nullable(),
  otlp: z.object({ http: z.string(), grpc: z.string(), isKeyRequired: z.boolean() }),
  retentionDays: z.number(),
  /** Copy-paste line that instruments a Node app. Holds no key. */
  instrumentCommand: z.string(),
});
export type Health = z.infer<typeof healthSchema>;

export const sessionSchema = z.object({ isLoginRequired: z.boolean(), isLoggedIn: z.boolean() });
export const loginSchema = z.object({
  user: z.string().min(1).max(200),
  password: z.string().min(1).max(1000),
});
