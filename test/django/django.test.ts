import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultsOf, plainFindings } from '../holdout/judge.ts';
import { readSource, type Seed } from '../holdout/seeds.ts';
import { until } from '../support/poll.ts';
import { neededPostgres } from '../support/postgres.ts';
import { freePort, launch, type Running } from '../support/process.ts';
import { provide } from '../support/services.ts';
import { startSpanReceiver, type ReceivedSpan, type SpanReceiver } from '../support/span-receiver.ts';
import { djangoDir, neededVenv } from './venv.ts';

const routes = [...readFileSync(join(djangoDir, 'shop/urls.py'), 'utf8').matchAll(/path\("([^"]+)"/g)].map(
  ([, path]) => `/${path ?? ''}`,
);
const jobs = ['remind', 'remind --at-once'];
const { seeds } = readSource(djangoDir, 'shop');

const postgres = await provide(neededPostgres);
const venv = postgres === undefined ? undefined : await provide(neededVenv);
const startTimeoutMs = 60_000;

/** The table's row of this seed is reached through a foreign key of the parent, or points at it. */
function mendOf({ column, target }: Seed): RegExp {
  if (column === undefined) return /bulk_create|bulk_update/;
  return column === 'id'
    ? new RegExp(`select_related.*in_bulk`)
    : new RegExp(`prefetch_related.*${target.replace(/^shop_/, '')}`);
}

async function succeeded(running: Running): Promise<void> {
  const { code } = await running.exited;
  if (code !== 0) throw new Error(`ended with ${code}:\n${running.output()}`);
}

describe.skipIf(venv === undefined)('Django under opentelemetry-instrument', () => {
  let receiver: SpanReceiver;

  beforeAll(async () => {
    if (venv === undefined || postgres === undefined) return;
    receiver = await startSpanReceiver();
    const env = {
      DATABASE_URL: await postgres.createDatabase(),
      DJANGO_SETTINGS_MODULE: 'settings',
      OTEL_SERVICE_NAME: 'django-shop',
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
      PYTHONUNBUFFERED: '1',
    };
    const run = (command: string, args: readonly string[]) => launch({ command, args, cwd: djangoDir, env });
    const instrument = venv.path('opentelemetry-instrument');
    const python = venv.path('python');
    const seeded = run(python, ['manage.py', 'seed']);
    await succeeded(seeded);
    for (const job of jobs) {
      const done = run(instrument, [python, 'manage.py', ...job.split(' ')]);
      await succeeded(done);
    }
    const port = await freePort();
    const server = run(instrument, [python, 'manage.py', 'runserver', '--noreload', `127.0.0.1:${port}`]);
    const url = `http://127.0.0.1:${port}`;
    await until(
      async () => (server.hasExited() ? 0 : (await fetch(`${url}/flags`)).status),
      (status) => status === 200 || server.hasExited(),
      { what: 'Django to answer', timeoutMs: startTimeoutMs },
    );
    for (const route of routes) {
      const response = await fetch(url + route);
      if (response.status !== 200) throw new Error(`${route}: ${response.status}\n${server.output()}`);
    }
    // Ctrl-C: the SDK sends what it still holds.
    await server.stop('SIGINT');
  });

  afterAll(async () => {
    await receiver?.close();
    await postgres?.close();
  });

  const traceWith = (isEntry: (span: ReceivedSpan) => boolean): readonly ReceivedSpan[] => {
    const entry = receiver.spans.find(isEntry);
    if (entry === undefined) throw new Error('no entry span came');
    return receiver.spans.filter(({ traceId }) => traceId === entry.traceId);
  };
  const faultsIn = (spans: readonly ReceivedSpan[], route: string) => {
    const wanted = seeds.filter((seed) => seed.route === route);
    const findings = plainFindings(spans);
    const untold = wanted.flatMap((seed) => {
      const finding = findings.find(({ statement }) => statement.includes(seed.target));
      return finding === undefined || mendOf(seed).test(finding.hint) ? [] : [finding.hint];
    });
    return [...faultsOf(findings, { seeds: wanted, hint: /./, hasCallSites: false }), ...untold];
  };

  it.each(routes)('%s', (route) => {
    const spans = traceWith(
      ({ kind, attributes }) => kind === 2 && attributes['http.route'] === route.slice(1),
    );
    expect(faultsIn(spans, route)).toEqual([]);
  });

  it('a job with a loop', () => {
    expect(
      faultsIn(
        traceWith(({ name }) => name === 'process reminders'),
        'job:remind',
      ),
    ).toEqual([]);
  });

  it('a job without one', () => {
    expect(
      faultsIn(
        traceWith(({ name }) => name === 'process reminders at once'),
        '',
      ),
    ).toEqual([]);
  });

  it('has no seed without its route', () => {
    expect(seeds.filter(({ route }) => !routes.includes(route) && route !== 'job:remind')).toEqual([]);
  });
});
