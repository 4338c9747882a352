import { z } from 'zod';
import { durationMs, positiveDuration } from './duration.ts';

/** The value of an environment variable; undefined when it is not set. */
export type ReadSecret = (name: string) => string | undefined;

const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_.-]{0,79}$/, 'must be 1 to 80 of a-z 0-9 _ . - and begin with a letter or digit');

const webAddress = z
  .url({ protocol: /^https?$/, error: 'is not an http(s) address' })
  .refine((text) => !URL.canParse(text) || new URL(text).username === '', 'holds a user name or password');

const reference = /^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$/;

/**
 * A channel as `channels.yaml` holds it. Secrets are `${NAME}` and are read here, so that neither the file nor an error
 * about it ever holds one.
 */
export function channelSchema(readSecret: ReadSecret) {
  const secret = (form: z.ZodType<string>) =>
    z.string().transform((text, context) => {
      const variable = reference.exec(text)?.[1];
      const refuse = (message: string) => {
        context.addIssue({ code: 'custom', message });
        return z.NEVER;
      };
      if (variable === undefined)
        return refuse('is a secret, write ${NAME} and put it into the environment variable NAME');
      const value = readSecret(variable)?.trim() ?? '';
      if (value === '') return refuse(`refers to ${variable}, which is not set in the environment`);
      const checked = form.safeParse(value);
      const problem = checked.error?.issues[0]?.message;
      return problem === undefined ? value : refuse(`refers to ${variable}, which ${problem}`);
    });
  return z.discriminatedUnion('kind', [...plainForms(secret), ...chatForms(secret), emailForm(secret)], {
    error: (issue) =>
      issue.code === 'invalid_union' ? `unknown kind, write ${kinds.join(', ')}` : undefined,
  });
}
export type ChannelConfig = Readonly<z.output<ReturnType<typeof channelSchema>>>;

export const heartbeatMsMin = 30_000;

export const channelFile = z.strictObject({
  channels: z.array(z.unknown()),
  /** The channel that is told what another has lost; absent: the log alone. */
  fallback: z.string().optional(),
});

/** For receivers that can tell that nothing came: beats while alerting works. */
const beating = {
  heartbeat: positiveDuration
    .refine((text) => durationMs(text) >= heartbeatMsMin, 'is too often, 30s is the least')
    .optional(),
  /** False: heartbeats only, no alert goes there. */
  alerts: z.boolean().optional(),
};

type SecretForm = (form: z.ZodType<string>) => z.ZodType<string>;

const kinds = 'webhook log alertmanager pagerduty opsgenie slack teams discord ntfy email'.split(' ');
const token = z
  .string()
  .regex(/^[\x21-\x7e]{1,4000}$/, 'holds a blank, a line break or more than 4000 characters');

function plainForms(secret: SecretForm) {
  const signingKey = z.string().min(16, 'is too short to sign with, use 16 characters or more');
  return [
    z.strictObject({
      kind: z.literal('webhook'),
      name,
      url: webAddress,
      /** Signs each body with HMAC-SHA256 when set. */
      secret: secret(signingKey).optional(),
      ...beating,
    }),
    z.strictObject({ kind: z.literal('log'), name, ...beating }),
    z.strictObject({
      kind: z.literal('alertmanager'),
      name,
      /** Up to and without /api/v2/alerts. */
      url: webAddress,
      token: secret(token).optional(),
      ...beating,
    }),
    z.strictObject({
      kind: z.literal('pagerduty'),
      name,
      routingKey: secret(token),
      /** Of the webhook subscription that reports acknowledgements back. */
      webhookSecret: secret(token).optional(),
      url: webAddress.default('https://events.pagerduty.com/v2/enqueue'),
    }),
    z.strictObject({
      kind: z.literal('opsgenie'),
      name,
      apiKey: secret(token),
      url: webAddress.default('https://api.opsgenie.com'),
    }),
  ] as const;
}

// The address of an incoming webhook is what lets one post: it is a secret.
function chatForms(secret: SecretForm) {
  return [
    z.strictObject({ kind: z.literal('slack'), name, url: secret(webAddress) }),
    z.strictObject({ kind: z.literal('teams'), name, url: secret(webAddress) }),
    z.strictObject({ kind: z.literal('discord'), name, url: secret(webAddress) }),
    z.strictObject({
      kind: z.literal('ntfy'),
      name,
      url: webAddress.default('https://ntfy.sh'),
      topic: z.string().regex(/^[-_A-Za-z0-9]{1,64}$/, 'must be 1 to 64 of A-Z a-z 0-9 - _'),
      token: secret(token).optional(),
      ...beating,
    }),
  ] as const;
}

function emailForm(secret: SecretForm) {
  const address = z.email('is not an email address').max(254);
  return z.strictObject({
    kind: z.literal('email'),
    name,
    host: z.string().regex(/^[0-9A-Za-z.:-]{1,253}$/, 'is not the name or address of a mail server'),
    port: z.number().int().min(1).max(65_535).default(587),
    /** starttls refuses a server without it; none is for a relay on a trusted network. */
    tls: z.enum(['starttls', 'implicit', 'none']).default('starttls'),
    user: z.string().min(1).max(254).optional(),
    password: secret(token).optional(),
    from: address,
    to: z.array(address).min(1, 'is empty, add an address').max(50),
    ...beating,
  });
}
