import { z } from 'zod';

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
  return z.discriminatedUnion(
    'kind',
    [
      z.strictObject({
        kind: z.literal('webhook'),
        name,
        url: webAddress,
        /** Signs each body with HMAC-SHA256 when set. */
        secret: secret(z.string().min(16, 'is too short to sign with, use 16 characters or more')).optional(),
      }),
      z.strictObject({ kind: z.literal('log'), name }),
    ],
    { error: (issue) => (issue.code === 'invalid_union' ? 'unknown kind, write webhook or log' : undefined) },
  );
}
export type ChannelConfig = Readonly<z.output<ReturnType<typeof channelSchema>>>;

export const channelFile = z.strictObject({ channels: z.array(z.unknown()) });
