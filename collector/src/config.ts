import { resolve } from 'node:path';
import { z } from 'zod';
import { defaultRulesDir } from './package-paths.ts';
import { nearestName } from './nearest-name.ts';

export interface Login {
  readonly user: string;
  readonly password: string;
}

export interface Webhook {
  readonly url: string;
  readonly secret?: string;
}

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

export interface Config {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  readonly otlpHttpPort: number;
  readonly otlpGrpcPort: number;
  /** Absolute. */
  readonly dataDir: string;
  /** Server mode when set; embedded otherwise. */
  readonly clickhouseUrl: string | undefined;
  /** Postgres that several collectors share; a file in `dataDir` otherwise. */
  readonly stateUrl: string | undefined;
  readonly ingestKeys: readonly string[];
  readonly login: Login | undefined;
  readonly retentionDays: number;
  /** Absolute. */
  readonly rulesDir: string;
  readonly webhook: Webhook | undefined;
  /** `host[:port]` and CIDR ranges that channels may reach even when the collector listens on all networks. */
  readonly channelAllow: string;
  /** Without a slash at the end. */
  readonly publicUrl: string | undefined;
  readonly logLevel: (typeof logLevels)[number];
  readonly journalMaxBytes: number;
  readonly sweepQuietMs: number;
}

export type ConfigResult =
  | { readonly kind: 'ok'; readonly config: Config; readonly warnings: readonly string[] }
  | { readonly kind: 'refused'; readonly problems: readonly string[] };

export type Environment = Readonly<Record<string, string | undefined>>;

/** The collector's settings out of `process.env`, which nothing else reads. All bad values are named at once. */
export function readConfig(env: Environment = process.env): ConfigResult {
  const given = Object.fromEntries(
    Object.entries(env).filter(([name, value]) => name.startsWith('NIGHTJAR_') && value?.trim() !== ''),
  );
  const parsed = settings.safeParse(given);
  if (!parsed.success) {
    return { kind: 'refused', problems: parsed.error.issues.map((issue) => problemText(issue, given)) };
  }
  const problems = combinationProblems(parsed.data);
  if (problems.length > 0) return { kind: 'refused', problems };
  const warnings = [...unknownNames(Object.keys(given)), ...doubtfulCombinations(parsed.data)];
  return { kind: 'ok', config: toConfig(parsed.data), warnings };
}

/** What `channels.yaml` refers to as `${NAME}`; the only way to the environment beside the settings. */
export function readSecret(name: string): string | undefined {
  return process.env[name];
}

export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[|\]$/g, '');
  return name === 'localhost' || name === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(name);
}

const port = (fallback: number) =>
  integer({ fallback, min: 0, max: 65_535, remedy: 'Use a free port, or 0 to have one chosen' });

function integer(limits: { fallback: number; min: number; max: number; remedy: string }) {
  const { fallback, min, max, remedy } = limits;
  return z
    .string()
    .trim()
    .refine((text) => /^\d{1,15}$/.test(text) && Number(text) >= min && Number(text) <= max, {
      error: `is not a whole number from ${min} to ${max}. ${remedy}.`,
    })
    .transform(Number)
    .default(fallback);
}

const webAddress = (remedy: string) =>
  z
    .string()
    .trim()
    .refine((text) => /^https?:$/.test(protocolOf(text)), {
      error: `is not an http or https address. ${remedy}.`,
    })
    .optional();

const keyPattern = /^[\x21-\x2b\x2d-\x7e]{16,200}$/;

const settings = z.object({
  NIGHTJAR_HOST: z
    .string()
    .trim()
    .refine((text) => /^[0-9A-Za-z.:-]{1,253}$/.test(text), {
      error:
        'is not an address to listen on. Use 127.0.0.1 for this machine only, or 0.0.0.0 for all networks.',
    })
    .default('127.0.0.1'),
  NIGHTJAR_PORT: port(3400),
  NIGHTJAR_OTLP_HTTP_PORT: port(4318),
  NIGHTJAR_OTLP_GRPC_PORT: port(4317),
  NIGHTJAR_DATA_DIR: z.string().default('./data'),
  NIGHTJAR_CLICKHOUSE_URL: webAddress(
    'Write http://user:password@host:8123/database, or unset it to store in NIGHTJAR_DATA_DIR',
  ),
  NIGHTJAR_STATE_URL: z
    .string()
    .trim()
    .refine((text) => /^postgres(ql)?:$/.test(protocolOf(text)), {
      error:
        'is not a postgres address. Write postgres://user:password@host:5432/database, or unset it to keep state in NIGHTJAR_DATA_DIR.',
    })
    .optional(),
  NIGHTJAR_INGEST_KEYS: z
    .string()
    .transform((text) => text.split(',').map((key) => key.trim()))
    .refine((keys) => keys.length <= 100 && keys.every((key) => keyPattern.test(key)), {
      error:
        'holds a key that is not 16 to 200 printable characters without blanks. Make one with: openssl rand -hex 24.',
    })
    .default([]),
  NIGHTJAR_LOGIN: z
    .string()
    .refine((text) => /^[^:]{1,200}:.{8,1000}$/s.test(text), {
      error: 'is not user:password with a password of 8 or more characters. Write it as name:long-password.',
    })
    .transform((text) => ({
      user: text.slice(0, text.indexOf(':')),
      password: text.slice(text.indexOf(':') + 1),
    }))
    .optional(),
  NIGHTJAR_RETENTION_DAYS: integer({
    fallback: 15,
    min: 1,
    max: 3650,
    remedy: 'Days to keep, for example 15',
  }),
  NIGHTJAR_RULES_DIR: z.string().optional(),
  NIGHTJAR_WEBHOOK_URL: webAddress('Write the address that takes a POST for each alert').refine(
    (text) => text === undefined || !URL.canParse(text) || new URL(text).username === '',
    { error: 'holds a user name or password. Leave it out, and sign with NIGHTJAR_WEBHOOK_SECRET instead.' },
  ),
  NIGHTJAR_WEBHOOK_SECRET: z
    .string()
    .min(16, { error: 'is shorter than 16 characters. Make one with: openssl rand -hex 24.' })
    .optional(),
  NIGHTJAR_CHANNEL_ALLOW: z.string().default(''),
  NIGHTJAR_PUBLIC_URL: webAddress(
    'Write the address people open in the browser, for example https://nightjar.example.com',
  ),
  NIGHTJAR_LOG_LEVEL: z
    .enum(logLevels, { error: `is not a log level. Use one of ${logLevels.join(', ')}.` })
    .default('info'),
  NIGHTJAR_JOURNAL_MAX_BYTES: integer({
    fallback: 2 ** 30,
    min: 16 * 2 ** 20,
    max: 2 ** 44,
    remedy: 'Bytes on disk that may wait to be stored, for example 1073741824 for 1 GiB',
  }),
  NIGHTJAR_SWEEP_QUIET_MS: integer({
    fallback: 2000,
    min: 100,
    max: 60_000,
    remedy: 'Milliseconds a trace must be quiet before it is judged, for example 2000',
  }),
});
type Settings = z.output<typeof settings>;

export const settingNames: readonly string[] = Object.keys(settings.shape);
/** May hold a password or a token: never shown, not even in an error. */
const secretNames: ReadonlySet<string> = new Set([
  'NIGHTJAR_INGEST_KEYS',
  'NIGHTJAR_LOGIN',
  'NIGHTJAR_WEBHOOK_URL',
  'NIGHTJAR_WEBHOOK_SECRET',
]);
/** Shown where there is no place for one in them. */
const databaseNames: ReadonlySet<string> = new Set(['NIGHTJAR_CLICKHOUSE_URL', 'NIGHTJAR_STATE_URL']);

function toConfig(given: Settings): Config {
  const secret = given.NIGHTJAR_WEBHOOK_SECRET;
  return {
    host: given.NIGHTJAR_HOST,
    port: given.NIGHTJAR_PORT,
    otlpHttpPort: given.NIGHTJAR_OTLP_HTTP_PORT,
    otlpGrpcPort: given.NIGHTJAR_OTLP_GRPC_PORT,
    dataDir: resolve(given.NIGHTJAR_DATA_DIR),
    clickhouseUrl: given.NIGHTJAR_CLICKHOUSE_URL,
    stateUrl: given.NIGHTJAR_STATE_URL,
    ingestKeys: given.NIGHTJAR_INGEST_KEYS,
    login: given.NIGHTJAR_LOGIN,
    retentionDays: given.NIGHTJAR_RETENTION_DAYS,
    rulesDir: given.NIGHTJAR_RULES_DIR === undefined ? defaultRulesDir : resolve(given.NIGHTJAR_RULES_DIR),
    webhook:
      given.NIGHTJAR_WEBHOOK_URL === undefined
        ? undefined
        : { url: given.NIGHTJAR_WEBHOOK_URL, ...(secret === undefined ? {} : { secret }) },
    channelAllow: given.NIGHTJAR_CHANNEL_ALLOW,
    publicUrl: given.NIGHTJAR_PUBLIC_URL?.replace(/\/+$/, ''),
    logLevel: given.NIGHTJAR_LOG_LEVEL,
    journalMaxBytes: given.NIGHTJAR_JOURNAL_MAX_BYTES,
    sweepQuietMs: given.NIGHTJAR_SWEEP_QUIET_MS,
  };
}

function combinationProblems(given: Settings): string[] {
  const problems: string[] = [];
  if (!isLoopback(given.NIGHTJAR_HOST)) {
    const missing = [
      ...(given.NIGHTJAR_INGEST_KEYS.length === 0 ? ['NIGHTJAR_INGEST_KEYS=<16 or more characters>'] : []),
      ...(given.NIGHTJAR_LOGIN === undefined ? ['NIGHTJAR_LOGIN=<user>:<password>'] : []),
    ];
    if (missing.length > 0) {
      problems.push(
        `NIGHTJAR_HOST=${given.NIGHTJAR_HOST}: would let other machines in without a key and a login. ` +
          `Set ${missing.join(' and ')}, or NIGHTJAR_HOST=127.0.0.1.`,
      );
    }
  }
  const ports = [given.NIGHTJAR_PORT, given.NIGHTJAR_OTLP_HTTP_PORT, given.NIGHTJAR_OTLP_GRPC_PORT];
  const taken = ports.filter((port) => port !== 0);
  if (new Set(taken).size < taken.length) {
    problems.push(
      `NIGHTJAR_PORT=${ports[0]}: NIGHTJAR_PORT, NIGHTJAR_OTLP_HTTP_PORT (${ports[1]}) and ` +
        `NIGHTJAR_OTLP_GRPC_PORT (${ports[2]}) are not all different. Give each a port of its own.`,
    );
  }
  if (given.NIGHTJAR_WEBHOOK_SECRET !== undefined && given.NIGHTJAR_WEBHOOK_URL === undefined) {
    problems.push(
      'NIGHTJAR_WEBHOOK_SECRET=(hidden): there is no webhook to sign for. Set NIGHTJAR_WEBHOOK_URL, or unset it.',
    );
  }
  return problems;
}

function doubtfulCombinations(given: Settings): string[] {
  if (given.NIGHTJAR_STATE_URL === undefined || given.NIGHTJAR_CLICKHOUSE_URL !== undefined) return [];
  return [
    'NIGHTJAR_STATE_URL without NIGHTJAR_CLICKHOUSE_URL is for one collector alone: of several that share their state, ' +
      'one evaluates the alert rules, and sees the data of its own directory only',
  ];
}

function problemText(issue: z.core.$ZodIssue, given: Environment): string {
  const name = String(issue.path[0] ?? '');
  const value = given[name] ?? '';
  const isSecret = secretNames.has(name) || (databaseNames.has(name) && /[@?]/.test(value));
  const shown = isSecret ? '(hidden)' : value.slice(0, 200);
  return `${name}=${shown}: ${issue.message}`;
}

function unknownNames(given: readonly string[]): string[] {
  return given
    .filter((name) => !settingNames.includes(name))
    .map((name) => {
      const nearest = nearestName(name, settingNames);
      return `${name} is not a setting of the collector${nearest === undefined ? '' : `; did you mean ${nearest}?`}`;
    });
}

function protocolOf(text: string): string {
  return URL.canParse(text) ? new URL(text).protocol : '';
}
