import { launch, type Running } from '../support/process.ts';
import { until } from '../support/poll.ts';
import { startSpanReceiver, type ReceivedSpan } from '../support/span-receiver.ts';
import { holdoutDir } from './prepare.ts';
import type { AppRequest } from './seeds.ts';

export interface AppRun {
  /** The spans of the request's trace. */
  spansOf(request: AppRequest): readonly ReceivedSpan[];
  statusOf(request: AppRequest): number;
  output(): string;
}

export interface AppPlan {
  readonly entry: string;
  readonly env: Readonly<Record<string, string>>;
  readonly requests: readonly AppRequest[];
}

const appsDir = `${holdoutDir}apps`;
const requestTimeoutMs = 20_000;

/** Starts an app under the agent as a user would, asks for each route once, ends it and hands over what it sent. */
export async function runApp({ entry, env, requests }: AppPlan): Promise<AppRun> {
  const receiver = await startSpanReceiver();
  const app = launch({
    args: ['--enable-source-maps', '--import', '@nightjar/agent/register', entry],
    cwd: appsDir,
    env: {
      ...env,
      NIGHTJAR_SERVICE: 'holdout',
      NIGHTJAR_ENDPOINT: receiver.url,
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    },
  });
  try {
    const url = await readyUrl(app);
    const statuses = new Map<string, number>();
    for (const request of requests) statuses.set(keyOf(request), await ask(url, request));
    await app.stop('SIGTERM');
    const traces = tracesOf(receiver.spans, requests);
    return {
      spansOf: (request) => traces.get(keyOf(request)) ?? [],
      statusOf: (request) => statuses.get(keyOf(request)) ?? 0,
      output: () => app.output(),
    };
  } finally {
    await app.stop('SIGKILL');
    await receiver.close();
  }
}

/** A process without the agent that an app needs. */
export async function startBare(entry: string): Promise<{ readonly url: string; stop(): Promise<unknown> }> {
  const running = launch({ args: [entry], cwd: appsDir });
  return { url: await readyUrl(running), stop: async () => await running.stop() };
}

async function readyUrl(app: Running): Promise<string> {
  const found = await until(
    () => (app.hasExited() ? 'ended' : /^ready (\S+)$/m.exec(app.output())?.[1]),
    (url) => url !== undefined,
    { what: 'the app to be ready', everyMs: 20 },
  );
  if (found === undefined || found === 'ended') throw new Error(`the app ended:\n${app.output()}`);
  return found;
}

async function ask(url: string, { method, path }: AppRequest): Promise<number> {
  const response = await fetch(url + path, { method, signal: AbortSignal.timeout(requestTimeoutMs) });
  await response.text();
  return response.status;
}

function tracesOf(
  spans: readonly ReceivedSpan[],
  requests: readonly AppRequest[],
): Map<string, ReceivedSpan[]> {
  const traces = new Map<string, ReceivedSpan[]>();
  for (const request of requests) {
    const [path] = request.path.split('?');
    const entry = spans.find(
      ({ kind, parentSpanId, attributes }) =>
        kind === 2 &&
        parentSpanId === '' &&
        (attributes['http.request.method'] ?? attributes['http.method']) === request.method &&
        (attributes['url.path'] ?? String(attributes['http.target']).split('?')[0]) === path,
    );
    if (entry !== undefined)
      traces.set(
        keyOf(request),
        spans.filter(({ traceId }) => traceId === entry.traceId),
      );
  }
  return traces;
}

function keyOf({ method, path }: AppRequest): string {
  return `${method} ${path}`;
}
