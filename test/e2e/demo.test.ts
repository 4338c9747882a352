import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { neededChromium } from '../support/chromium.ts';
import { callApi, type ApiRequest } from '../support/collector.ts';
import type { EndpointName, ResponseOf } from '@nightjar/collector/contract';
import { checkPage, looks, type Look } from '../support/page-check.ts';
import { repositoryDir, shopDir, tempDir } from '../support/paths.ts';
import { until } from '../support/poll.ts';
import { launch, type Running } from '../support/process.ts';
import { provide } from '../support/services.ts';

const browser = await provide(neededChromium);
const filledWithinMs = 60_000;
const dir = tempDir('demo');
let demo: Running;
let dashboard = '';

beforeAll(async () => {
  demo = launch({
    args: [join(shopDir, 'demo/run.ts')],
    cwd: repositoryDir,
    env: {
      DATABASE_URL: undefined,
      REDIS_URL: undefined,
      NIGHTJAR_PORT: '0',
      NIGHTJAR_DATA_DIR: dir.path,
      NIGHTJAR_LOG_LEVEL: 'info',
    },
  });
  dashboard = await until(
    () => {
      if (demo.hasExited()) throw new Error(demo.output());
      return /Dashboard: (\S+)/.exec(demo.stdout())?.[1] ?? '';
    },
    (url) => url !== '',
    { what: 'the demo to print its address', timeoutMs: 60_000 },
  );
});
afterAll(async () => {
  await browser?.close();
  await demo?.stop();
  dir.remove();
});

async function get<Name extends EndpointName>(
  name: Name,
  request: ApiRequest<Name> = {},
): Promise<ResponseOf<Name>> {
  return await callApi(dashboard, name, request);
}

async function emptyPages(): Promise<string[]> {
  const [services, traces, findings, statements, queues, logs, alerts] = await Promise.all([
    get('services'),
    get('traces'),
    get('findings', { query: { kind: 'n_plus_one' } }),
    get('statements'),
    get('queues'),
    get('logs'),
    get('alerts'),
  ]);
  const names = new Set(services.services.map((service) => service.service));
  const filled: Record<string, boolean> = {
    services: ['shop', 'inventory', 'shop-worker'].every((name) => names.has(name)),
    traces: traces.traces.length >= 50,
    // Six in the shop and one in the worker's job.
    findings: findings.findings.length >= 7,
    database: statements.statements.length >= 10,
    queues: queues.queues.some((queue) => (queue.depth ?? 0) > 0 && queue.jobs.count > 0),
    logs: logs.logs.length > 10,
    alerts: alerts.episodes.length > 0,
  };
  return Object.keys(filled).filter((page) => filled[page] !== true);
}

it('fills every page within a minute', async () => {
  const empty = await until(emptyPages, (pages) => pages.length === 0, {
    what: 'every page to be filled',
    timeoutMs: filledWithinMs,
    everyMs: 500,
  });
  expect(empty).toEqual([]);
});

it('rolls out a release that asks the database more', async () => {
  const { releases } = await until(
    async () => await get('service', { params: { service: 'shop' } }),
    (shop) => shop.releases.length === 2,
    { what: 'two releases of the shop', timeoutMs: 60_000 },
  );
  expect(releases.map((release) => release.release).sort()).toEqual(['1.4.1', '1.4.2']);
});

describe.skipIf(browser === undefined)('in Chromium', () => {
  const pages: readonly (readonly [name: string, path: () => Promise<string>, shows: string])[] = [
    ['services', async () => '/', 'inventory'],
    ['service', async () => '/services/shop', 'GET /orders'],
    ['traces', async () => '/traces', 'GET /'],
    ['trace', tracePath, 'orders.ts'],
    ['findings', async () => '/findings', 'orders.ts'],
    ['finding', findingPath, 'orders.ts'],
    ['database', async () => '/database', 'customers'],
    ['queues', async () => '/queues', 'mails'],
    ['logs', async () => '/logs', 'receipt sent'],
    ['alerts', async () => '/alerts', 'queue depth'],
    ['episode', episodePath, 'Who was told'],
    ['rules', async () => '/alerts/rules', 'queue depth'],
    ['rule', async () => '/alerts/rules/demo-latency', 'Why, tick by tick'],
    ['rule-editor', async () => '/alerts/new-rule', 'What it would have done'],
    ['silence-editor', async () => '/alerts/new-silence', 'It holds'],
    ['channels', async () => '/alerts/channels', 'Send a test'],
    ['noise', async () => '/alerts/noise', 'queue depth'],
  ];
  const table = pages.flatMap(([name, path, shows], index) =>
    looksAt(index).map((look) => ({ name, path, shows, look, width: look.width, scheme: look.colorScheme })),
  );

  it.each(table)('the page $name is sound at $width px, $scheme', async ({ name, path, shows, look }) => {
    if (browser === undefined) return;
    const url = new URL(`${await path()}?from=now-10m&to=now`, dashboard).href;
    const facts = await checkPage(browser, { url, name, shows, look });
    expect(facts).toEqual({ errors: [], axe: [], sidewaysPx: 0 });
  });
});

/** Both widths and both schemes; each with each where pictures are taken. Every second page has the other two. */
function looksAt(index: number): readonly Look[] {
  if (process.env['NIGHTJAR_SCREENSHOTS'] === '1') return looks;
  return looks.filter(
    ({ width, colorScheme }) => (width === 1440) === ((colorScheme === 'light') === (index % 2 === 0)),
  );
}

async function ordersFinding() {
  const { findings } = await get('findings', { query: { service: 'shop', kind: 'n_plus_one' } });
  const found = findings.find((finding) => finding.callSite?.file.endsWith('orders.ts'));
  if (found === undefined) throw new Error('the demo has no finding in orders.ts');
  return found;
}

async function tracePath(): Promise<string> {
  return `/traces/${(await ordersFinding()).traceId}`;
}

async function findingPath(): Promise<string> {
  return `/findings/${(await ordersFinding()).id}`;
}

async function episodePath(): Promise<string> {
  const { episodes } = await get('alerts');
  return `/alerts/episodes/${episodes[0]?.id ?? 'none'}`;
}

it('ends with everything it started on Ctrl-C', async () => {
  expect(await demo.stop('SIGINT', 30_000)).toEqual({ code: 0, signal: null });
  await expect(fetch(dashboard)).rejects.toThrow('fetch failed');
});
