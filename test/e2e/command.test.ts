import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { launchCollector, startCollector } from '../support/collector.ts';
import { tempDir, type TempDir } from '../support/paths.ts';

const exitUsage = 64;
const exitUnavailable = 69;
const exitConfig = 78;

const dirs: TempDir[] = [];
afterEach(() => {
  for (const dir of dirs.splice(0)) dir.remove();
});
function dataDir(): string {
  const dir = tempDir('command');
  dirs.push(dir);
  return dir.path;
}
const freePorts = { NIGHTJAR_PORT: '0', NIGHTJAR_OTLP_HTTP_PORT: '0', NIGHTJAR_OTLP_GRPC_PORT: '0' };

it('--help names every command and setting that matters, exit 0', async () => {
  const running = launchCollector({}, ['--help']);
  expect(await running.exited).toEqual({ code: 0, signal: null });
  for (const word of ['nightjar', 'start', '--version', 'NIGHTJAR_PORT', 'NIGHTJAR_DATA_DIR']) {
    expect(running.stdout()).toContain(word);
  }
});

it('--version prints the version, exit 0', async () => {
  const running = launchCollector({}, ['--version']);
  expect(await running.exited).toEqual({ code: 0, signal: null });
  expect(running.stdout().trim()).toMatch(/^\d+\.\d+\.\d+/);
});

it('an unknown command is a usage error', async () => {
  const running = launchCollector({}, ['strat']);
  expect((await running.exited).code).toBe(exitUsage);
  expect(running.output()).toContain('strat');
});

const badValues = [
  ['NIGHTJAR_PORT', 'eighty'],
  ['NIGHTJAR_OTLP_HTTP_PORT', '70000'],
  ['NIGHTJAR_RETENTION_DAYS', '-3'],
  ['NIGHTJAR_LOG_LEVEL', 'loud'],
  ['NIGHTJAR_CLICKHOUSE_URL', 'not a url'],
] as const;

it.each(badValues)('%s=%s stops the start with name, value and remedy', async (name, value) => {
  const running = launchCollector({ ...freePorts, NIGHTJAR_DATA_DIR: dataDir(), [name]: value });
  expect((await running.exited).code).toBe(exitConfig);
  const line = running
    .output()
    .split('\n')
    .find((each) => each.includes(name));
  expect(line).toContain(value);
  expect(line?.length).toBeGreaterThan(`${name}=${value}: `.length + 20);
});

it('a host that others can reach is refused without keys and login', async () => {
  const env = { ...freePorts, NIGHTJAR_DATA_DIR: dataDir(), NIGHTJAR_HOST: '0.0.0.0' };
  const running = launchCollector(env);
  expect((await running.exited).code).toBe(exitConfig);
  expect(running.output()).toContain('NIGHTJAR_INGEST_KEYS');
  expect(running.output()).toContain('NIGHTJAR_LOGIN');
});

it('a second collector on the same data directory is told so', async () => {
  const path = dataDir();
  const first = await startCollector({ dataDir: path });
  const second = launchCollector({ ...freePorts, NIGHTJAR_DATA_DIR: path });
  expect((await second.exited).code).toBe(exitUnavailable);
  expect(second.output()).toContain(path);
  await first.stop();
});

it('a port in use is named', async () => {
  const first = await startCollector();
  const port = new URL(first.dashboard).port;
  const second = launchCollector({ ...freePorts, NIGHTJAR_PORT: port, NIGHTJAR_DATA_DIR: dataDir() });
  expect((await second.exited).code).toBe(exitUnavailable);
  expect(second.output()).toContain(port);
  await first.stop();
});

it('a data directory that is a file is refused with its path', async () => {
  const path = join(dataDir(), 'file');
  writeFileSync(path, '');
  const running = launchCollector({ ...freePorts, NIGHTJAR_DATA_DIR: path });
  expect((await running.exited).code).not.toBe(0);
  expect(running.output()).toContain(path);
});

it.each(['SIGTERM', 'SIGINT'] as const)('%s stops it gracefully with code 0', async (signal) => {
  const collector = await startCollector();
  const startedAt = Date.now();
  expect(await collector.process.stop(signal, 20_000)).toEqual({ code: 0, signal: null });
  expect(Date.now() - startedAt).toBeLessThan(10_000);
  await collector.stop();
});

it('is ready in well under 15 s and prints the addresses and the line that instruments an app', async () => {
  const startedAt = Date.now();
  const collector = await startCollector();
  expect(Date.now() - startedAt).toBeLessThan(15_000);
  const banner = collector.process.stdout();
  for (const text of [collector.dashboard, collector.otlpHttp, '--import @nightjar/agent/register']) {
    expect(banner).toContain(text);
  }
  await collector.stop();
});
