import { z } from 'zod';

const name = z.string().regex(/^[a-z0-9][a-z0-9_.-]{0,79}$/, 'must be 1 to 80 of a-z 0-9 _ . -');

export const channelConfig = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({
      kind: z.literal('webhook'),
      name,
      url: z.url({ protocol: /^https?$/, error: 'is not an http(s) address' }),
      /** Signs each body with HMAC-SHA256 when set. */
      secret: z.string().min(16, 'is too short to sign with, use 16 characters or more').optional(),
    }),
    z.strictObject({ kind: z.literal('log'), name }),
  ],
  { error: (issue) => (issue.code === 'invalid_union' ? 'unknown kind, write webhook or log' : undefined) },
);
export type ChannelConfig = Readonly<z.infer<typeof channelConfig>>;
