import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startCollector, type Collector } from '../support/collector.ts';
import { repositoryDir, tempDir } from '../support/paths.ts';
import { until } from '../support/poll.ts';
import { launch } from '../support/process.ts';

const appsDir = join(repositoryDir, 'test/matrix/apps');
const dir = tempDir('doctor');
let collector: Collector;

beforeAll(async () => {
  collector = await startCollector();
  mkdirSync(join(dir.path, 'node_modules/@nightjar'), { recursive: true });
  symlinkSync(join(repositoryDir, 'agent'), join(dir.path, 'node_modules/@nightjar/agent'), 'dir');
  await build({
    entryPoints: [join(appsDir, 'bundled/main.ts')],
    outfile: join(dir.path, 'lost.cjs'),
    bundle: true,
    platform: 'node',
    external: ['pg-native'],
    logLevel: 'error',
  });
});
afterAll(async () => {
  await collector.stop();
  dir.remove();
});

interface Told {
  readonly service: string;
  readonly file: string;
  readonly cwd: string;
}

/** What the collector knows of the app's libraries, once the app has told. */
async function toldBy({ service, file, cwd }: Told) {
  const app = launch({
    args: ['--import', '@nightjar/agent/register', file],
    cwd,
    env: {
      OTEL_SERVICE_NAME: service,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.otlpHttp,
      // Opened at the first query, which is never asked.
      DATABASE_URL: 'postgres://nobody@127.0.0.1:9/none',
    },
  });
  try {
    const { reports } = await until(
      async () => await collector.get('doctor', { params: { service } }),
      (answer) => answer.reports.length > 0,
      { what: 'the app to tell what it has hooked', timeoutMs: 60_000 },
    );
    return reports;
  } finally {
    await app.stop();
  }
}

it('tells of an app whose libraries are hooked', async () => {
  const [report] = await toldBy({ service: 'whole', file: 'app.cjs', cwd: appsDir });
  expect(report).toMatchObject({ processes: 1, mainFile: 'app.cjs', nodeVersion: process.versions.node });
  expect(report?.libraries.filter(({ state }) => state === 'not_hooked')).toEqual([]);
  const hooked = report?.libraries.filter(({ state }) => state === 'hooked').map(({ library }) => library);
  expect(hooked).toEqual(expect.arrayContaining(['fastify', 'http', 'pg']));
  const pg = report?.libraries.find(({ library }) => library === 'pg');
  expect(pg?.version).toMatch(/^8\./);
});

it('tells of an app whose libraries are lost in its bundle, and what mends it', async () => {
  const [report] = await toldBy({ service: 'lost', file: 'lost.cjs', cwd: dir.path });
  expect(report?.libraries.find(({ library }) => library === 'pg')).toEqual({
    library: 'pg',
    state: 'not_hooked',
    version: null,
    reason: 'bundled into lost.cjs',
    fix: 'build with the plugin of @nightjar/agent/esbuild, or leave it out: --external:pg',
  });
});
