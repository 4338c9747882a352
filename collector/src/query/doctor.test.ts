import { afterAll, beforeAll, expect, it } from 'vitest';
import { endpoints } from '../contract/index.ts';
import { instantText, openTestStorage } from '../storage/testing.ts';
import type { Storage } from '../storage/types.ts';
import { readDoctor } from './index.ts';

const nowMs = Math.floor(Date.now() / 60_000) * 60_000;
const minuteMs = 60_000;
const pg = { status: 'hooked', version: '8.16.0', why: '', fix: '' };
const lost = { status: 'not_hooked', why: 'bundled into main.cjs', fix: 'leave it out' };
let storage: Storage;

interface Told {
  readonly agoMs: number;
  readonly process: number;
  readonly libraries: Readonly<Record<string, unknown>>;
}

async function tell({ agoMs, process, libraries }: Told): Promise<void> {
  const entries = Object.entries(libraries).map(([name, value]) => [
    `nightjar.doctor.library.${name}`,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  const log = {
    service: 'shop',
    environment: 'test',
    release: '1.0.0',
    time: instantText(nowMs - agoMs),
    event_name: 'nightjar.doctor',
    body: 'The agent watches 1 library',
    resource_id: process,
    attributes_string: { 'nightjar.doctor.main_file': 'main.cjs', ...Object.fromEntries(entries) },
  };
  await storage.insertRows('logs', [log], `told-${process}-${agoMs}`);
}

beforeAll(async () => {
  storage = await openTestStorage();
  const resources = [1, 2, 3, 4].map((process) => ({
    resource_id: process,
    service: 'shop',
    attributes: {
      'host.name': `web-${process}`,
      'telemetry.distro.version': '0.1.0',
      'process.runtime.version': '24.21.0',
    },
    seen_at: 1,
  }));
  await storage.insertRows('resources', resources, 'resources');
  await tell({ agoMs: 30 * minuteMs, process: 1, libraries: { pg: lost } });
  await tell({ agoMs: 5 * minuteMs, process: 1, libraries: { pg, 'aws-sdk': lost, broken: '{' } });
  await tell({ agoMs: 6 * minuteMs, process: 2, libraries: { pg, 'aws-sdk': lost } });
  await tell({ agoMs: 7 * minuteMs, process: 3, libraries: { pg } });
  await tell({ agoMs: 90 * minuteMs, process: 4, libraries: { pg: lost } });
}, 60_000);
afterAll(async () => {
  await storage.close();
});

it('tells what processes say last, those that say the same as one, and none that has ended', async () => {
  const answer = await readDoctor({ storage, nowMs }, { from: 'now-15m', to: 'now', service: 'shop' });
  const common = { mainFile: 'main.cjs', release: '1.0.0', agentVersion: '0.1.0', nodeVersion: '24.21.0' };
  const hooked = { library: 'pg', state: 'hooked', version: '8.16.0', reason: '', fix: '' };
  const missed = {
    library: 'aws-sdk',
    state: 'not_hooked',
    version: null,
    reason: 'bundled into main.cjs',
    fix: 'leave it out',
  };
  expect(endpoints.doctor.response.parse(answer)).toEqual({
    reports: [
      {
        ...common,
        reportedMs: nowMs - 5 * minuteMs,
        processes: 2,
        hosts: ['web-1', 'web-2'],
        libraries: [missed, hooked],
      },
      {
        ...common,
        reportedMs: nowMs - 7 * minuteMs,
        processes: 1,
        hosts: ['web-3'],
        libraries: [hooked],
      },
    ],
  });
});

it.each([
  ['of another service', { from: 'now-15m', to: 'now', service: 'worker' }],
  ['of another environment', { from: 'now-15m', to: 'now', service: 'shop', environment: 'other' }],
  ['before anybody told', { from: 'now-3d', to: 'now-2d', service: 'shop' }],
])('has nothing to say %s', async (_, request) => {
  expect(await readDoctor({ storage, nowMs }, request)).toEqual({ reports: [] });
});
