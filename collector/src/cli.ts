import { nearestName } from './nearest-name.ts';

export type Command =
  | { readonly kind: 'start' }
  | { readonly kind: 'ci'; readonly args: readonly string[] }
  | { readonly kind: 'doctor'; readonly args: readonly string[] }
  | { readonly kind: 'rules'; readonly args: readonly string[] }
  | { readonly kind: 'queues'; readonly args: readonly string[] }
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'unknown'; readonly problem: string };

/** Settings are environment variables alone, so that there is one place to look: the collector has no options. */
export function parseCommand(args: readonly string[]): Command {
  const [first, ...rest] = args;
  if (first === 'ci') return { kind: 'ci', args: rest };
  if (first === 'doctor') return { kind: 'doctor', args: rest };
  if (first === 'rules') return { kind: 'rules', args: rest };
  if (first === 'queues') return { kind: 'queues', args: rest };
  if (args.includes('--help') || args.includes('-h') || first === 'help') return { kind: 'help' };
  if (args.includes('--version') || args.includes('-v')) return { kind: 'version' };
  if (first !== undefined && first !== 'start') {
    const nearest = nearestName(first, ['start', 'ci', 'rules', 'doctor', 'queues', '--help', '--version']);
    const hint = nearest === undefined || first.length < 3 ? '' : ` Did you mean ${nearest}?`;
    return { kind: 'unknown', problem: `unknown command ${JSON.stringify(first)}.${hint}` };
  }
  if (rest.length > 0) {
    return {
      kind: 'unknown',
      problem: `start takes no ${JSON.stringify(rest[0])}. Settings are environment variables.`,
    };
  }
  return { kind: 'start' };
}

export const usage = `Usage: nightjar [start]

Starts the collector: OTLP in, dashboard, alerts, embedded database.

  start        start the collector (the default)
  ci           judge a recorded test run; see nightjar ci --help
  doctor       say what of an app the agent hooks: nightjar doctor -- node app.js
  queues       report queues of Celery, RQ, BullMQ, RabbitMQ; see nightjar queues --help
  rules        check, test, plan, backtest and export alert rules; see nightjar rules --help
  --help, -h   show this
  --version    show the version

Settings are environment variables:

  NIGHTJAR_HOST              address to listen on                     127.0.0.1
  NIGHTJAR_PORT              dashboard and API                        3400
  NIGHTJAR_OTLP_HTTP_PORT    OTLP over HTTP                           4318
  NIGHTJAR_OTLP_GRPC_PORT    OTLP over gRPC                           4317
  NIGHTJAR_DATA_DIR          where data is kept                       ./data
  NIGHTJAR_CLICKHOUSE_URL    a ClickHouse server instead of the embedded one
  NIGHTJAR_STATE_URL         Postgres that several collectors share for rules, alerts and sessions
  NIGHTJAR_INGEST_KEYS       keys that senders must present, by commas
  NIGHTJAR_LOGIN             user:password of the dashboard
  NIGHTJAR_RETENTION_DAYS    days to keep                             15
  NIGHTJAR_RULES_DIR         directory of alert rules (*.yaml)        the shipped ones
  NIGHTJAR_WEBHOOK_URL       where alerts are posted
  NIGHTJAR_WEBHOOK_SECRET    signs them
  NIGHTJAR_CHANNEL_ALLOW     private receivers that alerts may be sent to
  NIGHTJAR_PUBLIC_URL        address of the dashboard in links
  NIGHTJAR_LOG_LEVEL         trace, debug, info, warn, error          info
  NIGHTJAR_JOURNAL_MAX_BYTES bytes that may wait to be stored         1073741824
  NIGHTJAR_SWEEP_QUIET_MS    how long a trace is quiet before judged  2000

Exit codes: 0 stopped on request, 1 unexpected, 64 wrong usage, 69 port in use, data directory in use or
database out of reach, 78 wrong setting.
`;
