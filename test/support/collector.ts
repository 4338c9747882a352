import { join } from 'node:path';
import {
  apiPrefix,
  endpoints,
  type EndpointName,
  type ParamsOf,
  type QueryOf,
  type ResponseOf,
} from '@nightjar/collector/contract';
import { repositoryDir, tempDir } from './paths.ts';
import { launch, type Exit, type Running } from './process.ts';

export interface CollectorOptions {
  /** Kept when given, else a temp dir that goes with the collector. */
  readonly dataDir?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
}
export interface Collector {
  readonly process: Running;
  readonly dataDir: string;
  /** `http://127.0.0.1:<port>`, no slash at the end. */
  readonly dashboard: string;
  readonly otlpHttp: string;
  readonly otlpGrpc: string;
  get<Name extends EndpointName>(name: Name, request?: ApiRequest<Name>): Promise<ResponseOf<Name>>;
  stop(): Promise<Exit>;
  /** kill -9; the data dir stays. */
  kill(): Promise<void>;
}
export interface ApiRequest<Name extends EndpointName> {
  readonly params?: ParamsOf<Name>;
  readonly query?: QueryOf<Name>;
}

export const collectorCommand = join(repositoryDir, 'collector/bin/nightjar.js');
const readyTimeoutMs = 30_000;

export function launchCollector(
  env: Readonly<Record<string, string | undefined>>,
  args = ['start'],
): Running {
  return launch({ args: [collectorCommand, ...args], cwd: repositoryDir, env });
}

/** The built collector as a process of its own, on free ports. */
export async function startCollector(options: CollectorOptions = {}): Promise<Collector> {
  const temp = options.dataDir === undefined ? tempDir('data') : undefined;
  const dataDir = options.dataDir ?? temp?.path ?? '';
  const running = launchCollector({
    NIGHTJAR_PORT: '0',
    NIGHTJAR_OTLP_HTTP_PORT: '0',
    NIGHTJAR_OTLP_GRPC_PORT: '0',
    NIGHTJAR_DATA_DIR: dataDir,
    NIGHTJAR_LOG_LEVEL: 'info',
    ...options.env,
  });
  const ready = await running.logged('ready', readyTimeoutMs);
  const dashboard = address(ready['dashboard']);
  return {
    process: running,
    dataDir,
    dashboard,
    otlpHttp: address(ready['otlpHttp']),
    otlpGrpc: address(ready['otlpGrpc']),
    get: async (name, request = {}) => await callApi(dashboard, name, request),
    async stop() {
      const exit = await running.stop();
      temp?.remove();
      return exit;
    },
    async kill() {
      await running.stop('SIGKILL');
    },
  };
}

function address(value: unknown): string {
  if (typeof value !== 'string') throw new Error(`the ready line has no address: ${JSON.stringify(value)}`);
  return value.replace(/\/$/, '');
}

/** Calls one endpoint and checks the answer against the contract. */
export async function callApi<Name extends EndpointName>(
  base: string,
  name: Name,
  request: ApiRequest<Name>,
): Promise<ResponseOf<Name>> {
  const endpoint = endpoints[name];
  let path: string = endpoint.path;
  for (const [key, value] of Object.entries(request.params ?? {})) {
    path = path.replace(`:${key}`, encodeURIComponent(value));
  }
  const url = new URL(`${apiPrefix}${path}`, base);
  for (const [key, value] of Object.entries(request.query ?? {})) {
    const given: unknown = value;
    if (given !== undefined)
      url.searchParams.set(key, typeof given === 'string' ? given : JSON.stringify(given));
  }
  const response = await fetch(url, { signal: AbortSignal.timeout(15_000) });
  const body: unknown = await response.json();
  if (!response.ok)
    throw new Error(`${url.pathname}${url.search} answered ${response.status}: ${JSON.stringify(body)}`);
  // The schema is the one of `name`: the table's value type cannot follow the generic key by itself.
  return endpoint.response.parse(body) as ResponseOf<Name>;
}
