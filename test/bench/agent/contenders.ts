import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Sink } from './sink.ts';

/** One way to run the app: which agent is loaded, and the environment that makes it send to the sink. */
export interface Contender {
  readonly name: string;
  readonly version: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Requests to the sink whose path has this in it carry traces. Undefined: nothing is to be sent. */
  readonly tracePath: string | undefined;
}

export const BARE = 'bare';
export const NIGHTJAR = 'Nightjar';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const SERVICE = 'bench';

/** Defaults of each agent, all requests traced where it has a rate to set; `agentDir` holds a built @nightjar/agent. */
export function contendersFor(sink: Sink, agentDir: string): readonly Contender[] {
  const otlp = { OTEL_SERVICE_NAME: SERVICE, OTEL_EXPORTER_OTLP_ENDPOINT: sink.url };
  return [
    { name: BARE, version: '', args: [], env: {}, tracePath: undefined },
    {
      name: NIGHTJAR,
      version: versionIn(`${agentDir}/package.json`),
      args: ['--import', `${agentDir}/dist/register.js`],
      env: otlp,
      tracePath: '/v1/traces',
    },
    {
      ...peer('@opentelemetry/auto-instrumentations-node', '/register'),
      env: { ...otlp, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' },
      tracePath: '/v1/traces',
    },
    {
      ...peer('dd-trace', '/init.js'),
      env: { DD_SERVICE: SERVICE, DD_TRACE_AGENT_URL: sink.url },
      tracePath: '/traces',
    },
    {
      ...peer('elastic-apm-node', '/start.js'),
      env: { ELASTIC_APM_SERVICE_NAME: SERVICE, ELASTIC_APM_SERVER_URL: sink.url },
      tracePath: '/intake/v2/events',
    },
    {
      ...peer('newrelic', ''),
      env: {
        NEW_RELIC_APP_NAME: SERVICE,
        NEW_RELIC_LICENSE_KEY: '0'.repeat(40),
        NEW_RELIC_HOST: 'localhost',
        NEW_RELIC_PORT: String(sink.tlsPort),
        NEW_RELIC_LOG_ENABLED: 'false',
        NODE_EXTRA_CA_CERTS: sink.certificateFile,
      },
      tracePath: 'span_event_data',
    },
    {
      ...peer('@sentry/node', ''),
      args: ['--require', here('./sentry.cjs')],
      env: { SENTRY_DSN: `${sink.url.replace('//', '//key@')}/1` },
      tracePath: '/envelope',
    },
  ];
}

function peer(name: string, entry: string): Pick<Contender, 'name' | 'version' | 'args'> {
  return {
    name,
    version: versionIn(here(`./node_modules/${name}/package.json`)),
    args: ['--require', createRequire(here('./')).resolve(`${name}${entry}`)],
  };
}

function versionIn(file: string): string {
  const manifest: unknown = JSON.parse(readFileSync(file, 'utf8'));
  const isVersioned = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return isVersioned ? String(manifest.version) : '';
}
