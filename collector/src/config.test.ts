import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { isLoopback, readConfig, settingNames } from './config.ts';
import { usage } from './cli.ts';

const key = 'k'.repeat(24);

function configOf(env: Record<string, string>) {
  const result = readConfig(env);
  if (result.kind === 'refused') throw new Error(result.problems.join('\n'));
  return result;
}

it('starts with nothing set', () => {
  const { config, warnings } = configOf({ PATH: '/bin' });
  expect(warnings).toEqual([]);
  expect(config).toMatchObject({
    host: '127.0.0.1',
    port: 3400,
    otlpHttpPort: 4318,
    otlpGrpcPort: 4317,
    dataDir: resolve('./data'),
    clickhouseUrl: undefined,
    ingestKeys: [],
    login: undefined,
    retentionDays: 15,
    webhook: undefined,
    channelAllow: '',
    publicUrl: undefined,
    logLevel: 'info',
    journalMaxBytes: 1_073_741_824,
    sweepQuietMs: 2000,
  });
  expect(config.rulesDir).toMatch(/alerts\/rules$/);
});

it('reads every setting', () => {
  const { config } = configOf({
    NIGHTJAR_HOST: '0.0.0.0',
    NIGHTJAR_PORT: '0',
    NIGHTJAR_OTLP_HTTP_PORT: '0',
    NIGHTJAR_OTLP_GRPC_PORT: '14317',
    NIGHTJAR_DATA_DIR: '/var/lib/nightjar',
    NIGHTJAR_CLICKHOUSE_URL: 'http://user:pass@db:8123/nightjar',
    NIGHTJAR_STATE_URL: 'postgres://user:pass@db/nightjar',
    NIGHTJAR_INGEST_KEYS: `${key}, ${key}2`,
    NIGHTJAR_LOGIN: 'ada:a:long:password',
    NIGHTJAR_RETENTION_DAYS: '30',
    NIGHTJAR_RULES_DIR: '/etc/nightjar/rules',
    NIGHTJAR_WEBHOOK_URL: 'https://hooks.example.com/x',
    NIGHTJAR_WEBHOOK_SECRET: key,
    NIGHTJAR_CHANNEL_ALLOW: 'alerts.lan:9093',
    NIGHTJAR_PUBLIC_URL: 'https://nightjar.example.com/',
    NIGHTJAR_LOG_LEVEL: 'debug',
    NIGHTJAR_JOURNAL_MAX_BYTES: '33554432',
    NIGHTJAR_SWEEP_QUIET_MS: '500',
  });
  expect(config).toEqual({
    host: '0.0.0.0',
    port: 0,
    otlpHttpPort: 0,
    otlpGrpcPort: 14317,
    dataDir: '/var/lib/nightjar',
    clickhouseUrl: 'http://user:pass@db:8123/nightjar',
    stateUrl: 'postgres://user:pass@db/nightjar',
    ingestKeys: [key, `${key}2`],
    login: { user: 'ada', password: 'a:long:password' },
    retentionDays: 30,
    rulesDir: '/etc/nightjar/rules',
    webhook: { url: 'https://hooks.example.com/x', secret: key },
    channelAllow: 'alerts.lan:9093',
    publicUrl: 'https://nightjar.example.com',
    logLevel: 'debug',
    journalMaxBytes: 33_554_432,
    sweepQuietMs: 500,
  });
});

it.each([
  ['NIGHTJAR_HOST', 'my host', 'NIGHTJAR_HOST=my host: is not an address to listen on. Use 127.0.0.1'],
  ['NIGHTJAR_PORT', '70000', 'NIGHTJAR_PORT=70000: is not a whole number from 0 to 65535. Use a free port'],
  ['NIGHTJAR_PORT', '3400x', 'NIGHTJAR_PORT=3400x: is not a whole number'],
  ['NIGHTJAR_OTLP_HTTP_PORT', '-1', 'NIGHTJAR_OTLP_HTTP_PORT=-1: is not a whole number'],
  ['NIGHTJAR_OTLP_GRPC_PORT', '1e3', 'NIGHTJAR_OTLP_GRPC_PORT=1e3: is not a whole number'],
  ['NIGHTJAR_CLICKHOUSE_URL', 'tcp://x', 'NIGHTJAR_CLICKHOUSE_URL=tcp://x: is not an http or https address.'],
  [
    'NIGHTJAR_CLICKHOUSE_URL',
    'tcp://u:p@x',
    'NIGHTJAR_CLICKHOUSE_URL=(hidden): is not an http or https address.',
  ],
  ['NIGHTJAR_STATE_URL', 'mysql://x', 'NIGHTJAR_STATE_URL=mysql://x: is not a postgres address.'],
  ['NIGHTJAR_STATE_URL', 'mysql://u:p@x', 'NIGHTJAR_STATE_URL=(hidden): is not a postgres address.'],
  ['NIGHTJAR_INGEST_KEYS', 'short', 'NIGHTJAR_INGEST_KEYS=(hidden): holds a key that is not 16 to 200'],
  ['NIGHTJAR_INGEST_KEYS', `${key},`, 'NIGHTJAR_INGEST_KEYS=(hidden): holds a key'],
  ['NIGHTJAR_LOGIN', 'ada', 'NIGHTJAR_LOGIN=(hidden): is not user:password'],
  ['NIGHTJAR_LOGIN', 'ada:short', 'NIGHTJAR_LOGIN=(hidden): is not user:password'],
  ['NIGHTJAR_RETENTION_DAYS', '0', 'NIGHTJAR_RETENTION_DAYS=0: is not a whole number from 1 to 3650.'],
  [
    'NIGHTJAR_WEBHOOK_URL',
    'hooks.example.com',
    'NIGHTJAR_WEBHOOK_URL=(hidden): is not an http or https address.',
  ],
  ['NIGHTJAR_WEBHOOK_URL', 'https://a:b@x/', 'NIGHTJAR_WEBHOOK_URL=(hidden): holds a user name or password.'],
  ['NIGHTJAR_WEBHOOK_SECRET', 'short', 'NIGHTJAR_WEBHOOK_SECRET=(hidden): is shorter than 16 characters.'],
  ['NIGHTJAR_WEBHOOK_SECRET', key, 'NIGHTJAR_WEBHOOK_SECRET=(hidden): there is no webhook to sign for.'],
  ['NIGHTJAR_PUBLIC_URL', 'nightjar', 'NIGHTJAR_PUBLIC_URL=nightjar: is not an http or https address.'],
  ['NIGHTJAR_LOG_LEVEL', 'loud', 'NIGHTJAR_LOG_LEVEL=loud: is not a log level. Use one of trace, debug'],
  ['NIGHTJAR_JOURNAL_MAX_BYTES', '1', 'NIGHTJAR_JOURNAL_MAX_BYTES=1: is not a whole number from 16777216'],
  ['NIGHTJAR_SWEEP_QUIET_MS', '2s', 'NIGHTJAR_SWEEP_QUIET_MS=2s: is not a whole number from 100 to 60000.'],
  ['NIGHTJAR_PORT', '4318', 'NIGHTJAR_PORT=4318: NIGHTJAR_PORT, NIGHTJAR_OTLP_HTTP_PORT (4318)'],
])('refuses %s=%s', (name, value, problem) => {
  const result = readConfig({ [name]: value });
  expect(result.kind === 'refused' ? result.problems : []).toEqual([expect.stringContaining(problem)]);
});

it('names every bad value at once, and no secret', () => {
  const result = readConfig({ NIGHTJAR_PORT: 'x', NIGHTJAR_LOGIN: 'hunter2', NIGHTJAR_LOG_LEVEL: 'loud' });
  if (result.kind !== 'refused') throw new Error('was not refused');
  expect(result.problems).toHaveLength(3);
  expect(result.problems.join('\n')).not.toContain('hunter2');
});

it.each([
  [{}, 'NIGHTJAR_INGEST_KEYS=<16 or more characters> and NIGHTJAR_LOGIN=<user>:<password>'],
  [{ NIGHTJAR_INGEST_KEYS: key }, 'Set NIGHTJAR_LOGIN=<user>:<password>, or'],
  [{ NIGHTJAR_LOGIN: 'ada:long-password' }, 'Set NIGHTJAR_INGEST_KEYS=<16 or more characters>, or'],
])('refuses to listen beyond loopback with %j', (env, problem) => {
  const result = readConfig({ NIGHTJAR_HOST: '0.0.0.0', ...env });
  expect(result.kind === 'refused' ? result.problems : []).toEqual([expect.stringContaining(problem)]);
});

it('takes an empty value for one that is not set', () => {
  expect(configOf({ NIGHTJAR_PORT: '', NIGHTJAR_LOGIN: ' ' }).config).toMatchObject({
    port: 3400,
    login: undefined,
  });
});

it('names the nearest setting for one it does not know', () => {
  expect(configOf({ NIGHTJAR_DATADIR: 'x', NIGHTJAR_SOMETHING_ELSE_ENTIRELY: 'x' }).warnings).toEqual([
    'NIGHTJAR_DATADIR is not a setting of the collector; did you mean NIGHTJAR_DATA_DIR?',
    'NIGHTJAR_SOMETHING_ELSE_ENTIRELY is not a setting of the collector',
  ]);
});

it.each([
  ['127.0.0.1', true],
  ['127.8.8.8', true],
  ['localhost', true],
  ['::1', true],
  ['0.0.0.0', false],
  ['::', false],
  ['127.0.0.1.example.com', false],
  ['10.0.0.1', false],
])('isLoopback(%s) is %s', (host, expected) => {
  expect(isLoopback(host)).toBe(expected);
});

it('lists every setting in --help', () => {
  expect(settingNames.filter((name) => !usage.includes(name))).toEqual([]);
});
