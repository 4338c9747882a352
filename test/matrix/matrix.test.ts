import { DB_QUERY_COUNT, FINDING_COUNT, FINDING_EVENT, FINDING_JSON } from '@nightjar/agent/attributes';
import type { Finding } from '@nightjar/agent/detect';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tempDir } from '../support/paths.ts';
import { startPglite, type PgliteServer } from '../support/pglite.ts';
import { until } from '../support/poll.ts';
import { launch, type Exit } from '../support/process.ts';
import { provide } from '../support/services.ts';
import { startSpanReceiver, type ReceivedSpan } from '../support/span-receiver.ts';
import { tracedCall } from '../support/traced-call.ts';
import { bookCount, buildForms, type Form, type Route } from './forms.ts';
import { neededNodes, otherNodes } from './nodes.ts';

const nodes = await provide(neededNodes);
const dir = tempDir('matrix');
const forms = await buildForms(dir);
const versions = [...otherNodes, process.versions.node];
let database: PgliteServer;

beforeAll(async () => {
  database = await startPglite();
  const client = new Client({ connectionString: database.url });
  await client.connect();
  await client.query(`CREATE TABLE authors (id int PRIMARY KEY, name text NOT NULL);
    CREATE TABLE books (id int PRIMARY KEY, title text NOT NULL, author_id int NOT NULL);
    INSERT INTO authors SELECT n, 'Author ' || n FROM generate_series(1, ${bookCount}) n;
    INSERT INTO books SELECT n, 'Book ' || n, n FROM generate_series(1, ${bookCount}) n;`);
  await client.end();
});
afterAll(async () => {
  await database.close();
  dir.remove();
});

describe.skipIf(nodes === undefined).each(versions)('Node %s', (version) => {
  it.each(forms)('$name', async (form) => {
    const path = nodes?.find((node) => node.version === version)?.path ?? '';
    const { answers, exit, noise, spans } = await run(path, form);
    expect({ exit, noise }).toEqual({ exit: { code: 0, signal: null }, noise: '' });
    for (const [index, route] of form.routes.entries()) {
      const { traceId, status } = answers[index] ?? {};
      const trace = spans.filter((span) => span.traceId === traceId);
      expect({ status, ...seen(trace) }).toEqual({ status: 200, ...wanted(route) });
    }
  });
});

interface Course {
  readonly answers: readonly { readonly traceId: string; readonly status: number }[];
  readonly exit: Exit;
  /** What the process wrote beside the line that it was ready. */
  readonly noise: string;
  readonly spans: readonly ReceivedSpan[];
}

async function run(command: string, { args, cwd, env, routes }: Form): Promise<Course> {
  const receiver = await startSpanReceiver();
  const app = launch({
    command,
    args,
    cwd,
    env: {
      ...env,
      DATABASE_URL: database.url,
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_BSP_SCHEDULE_DELAY: '100',
      OTEL_LOGS_EXPORTER: 'none',
      OTEL_SERVICE_NAME: 'matrix',
    },
  });
  try {
    const url = await until(
      () => (app.hasExited() ? 'ended' : /^ready (\S+)$/m.exec(app.output())?.[1]),
      (found) => found !== undefined,
      { what: 'the app to be ready', everyMs: 20 },
    );
    if (url === undefined || url === 'ended') throw new Error(`the app ended:\n${app.output()}`);
    const answers: { traceId: string; status: number }[] = [];
    for (const { path } of routes) answers.push(await tracedCall(url, { path }));
    // What comes at the end of a process has a deadline, which a busy machine may miss; other tests are about that.
    await until(
      () => answers.filter(({ traceId }) => receiver.spans.some((span) => isEntry(span, traceId))).length,
      (arrived) => arrived === answers.length,
      { what: 'the requests to arrive', everyMs: 20 },
    );
    const exit = await app.stop('SIGTERM');
    return { answers, exit, noise: app.output().replace(`ready ${url}\n`, ''), spans: receiver.spans };
  } finally {
    await app.stop('SIGKILL');
    await receiver.close();
  }
}

function isEntry({ kind, traceId }: ReceivedSpan, wantedId: string): boolean {
  return kind === 2 && traceId === wantedId;
}

/** Of one request: its span, its statements as the agent counted them and as they came, its findings. */
function seen(trace: readonly ReceivedSpan[]): object {
  const entries = trace.filter(({ kind }) => kind === 2);
  const [entry] = entries;
  const findings = trace.flatMap(({ events }) =>
    events.flatMap(({ name, attributes }) =>
      name === FINDING_EVENT ? [JSON.parse(String(attributes[FINDING_JSON])) as Finding] : [],
    ),
  );
  return {
    entries: entries.map(({ name }) => name),
    route: entry?.attributes['http.route'],
    counted: Number(entry?.attributes[DB_QUERY_COUNT] ?? 0),
    statements: trace.filter(
      ({ kind, attributes }) => kind === 3 && 'db.query.text' in statementOf(attributes),
    ).length,
    findingCount: Number(entry?.attributes[FINDING_COUNT] ?? 0),
    findings: findings.map(({ kind, count, callSite }) => ({
      kind,
      count,
      file: callSite?.file.replace(/^.*\/(?=bundled\/)/, ''),
      line: callSite?.line,
    })),
  };
}

/** Whichever of the two names the instrumentation uses. */
function statementOf(attributes: ReceivedSpan['attributes']): object {
  const text = attributes['db.query.text'] ?? attributes['db.statement'];
  return text === undefined ? {} : { 'db.query.text': text };
}

function wanted({ path, queries, place }: Route): object {
  return {
    entries: [`GET ${path}`],
    route: path,
    counted: queries,
    statements: queries,
    findingCount: place === undefined ? 0 : 1,
    findings: place === undefined ? [] : [{ kind: 'n_plus_one', count: bookCount, ...place }],
  };
}
