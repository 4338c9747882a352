// The acceptance scenarios about the store and about what arrives late, from single requests to messages in virtual time.
import { expect, it } from 'vitest';
import { openWorld, uidTickingAt, worldRule } from './test-support/request-world.ts';
import type { MadeRequest } from './test-support/request-world.ts';

/** One a second. */
function steady(from: number, to: number, part: Partial<MadeRequest> = {}): MadeRequest[] {
  return Array.from({ length: to - from }, (_, index) => ({ at: from + index, ...part }));
}

const errors = { signal: { kind: 'error_rate' as const } };
const critical = (threshold: number) => [{ severity: 'critical' as const, threshold }];

it('11: the store down for 10 minutes under 50 rules: one store_down, no rule_error, no no-data, one resolve', async () => {
  const rules = Array.from({ length: 50 }, (_, index) =>
    worldRule({
      ...errors,
      uid: uidTickingAt(0, `-${index}-`),
      conditions: critical(5),
      onNoData: { action: 'alert', after: '1m' },
    }),
  );
  const world = openWorld(rules, steady(-60, 1_500));
  world.storeAway = { from: 300, to: 900 };
  await world.run(0, 1_500);
  expect(world.sent()).toEqual(['360: trigger store_down', '900: resolve store_down ok']);
  expect(world.rows()[0]?.notification.text).toContain('connection refused');
});

it('11b: a database that restarts within a minute is no message; what fires stays', async () => {
  const world = openWorld(
    [worldRule({ ...errors, conditions: critical(5) })],
    steady(-60, 900, { isError: true }),
  );
  world.storeAway = { from: 290, to: 345 };
  await world.run(0, 600, 5);
  expect(world.sent()).toEqual(['0: trigger critical']);
});

it('11c: a query that fails while the store answers is the failure of its rule, after the third', async () => {
  const world = openWorld([worldRule({ ...errors, conditions: critical(5) })], steady(-60, 900));
  world.unreadable = { from: 100, to: 400 };
  await world.run(0, 600);
  expect(world.sent()).toEqual(['240: trigger rule_error', '420: resolve rule_error ok']);
});

it('12: what is received is not queryable for 3 ticks: unknown, one pipeline_stale, firing alerts as they are', async () => {
  const rules = [
    worldRule({
      ...errors,
      conditions: critical(5),
      onNoData: { action: 'alert', after: '1m' },
      onInsufficient: { action: 'resolve' },
    }),
    worldRule({
      ...errors,
      uid: uidTickingAt(0, 'b'),
      conditions: critical(200),
      onNoData: { action: 'alert', after: '1m' },
    }),
  ];
  const world = openWorld(rules, steady(-60, 1_000, { isError: true }));
  world.stalled = { from: 120, to: 310 };
  await world.run(0, 300);
  const firing = await world.store.listAlerts({ states: ['firing'], rowsMax: 9 });
  expect(firing.map(({ kind, lastVerdict }) => `${kind} ${lastVerdict}`).sort()).toEqual([
    'condition unknown',
    'pipeline_stale breach',
  ]);
  await world.run(360, 600);
  expect(world.sent()).toEqual([
    '0: trigger critical',
    '240: trigger pipeline_stale',
    '360: resolve pipeline_stale ok',
  ]);
});

/** Requests of the first minute, all bad, which arrive at 85 s. */
const lateRequests = steady(0, 60, { isError: true, arrives: 85 });

async function lateWorld(schedule: { delay: string; correctLate: boolean; second?: number }) {
  const { second = 0, ...rest } = schedule;
  const rule = worldRule({
    ...errors,
    uid: uidTickingAt(second),
    schedule: { every: '1m', window: '1m', ...rest },
    conditions: critical(5),
  });
  const world = openWorld([rule], lateRequests);
  await world.run(0, 600, 10);
  return world;
}

it('13: requests of the first minute that arrive at 85 s: with a delay of 30 s, a trigger at 90 s', async () => {
  const world = await lateWorld({ delay: '30s', correctLate: false, second: 30 });
  expect(world.sent()[0]).toBe('90: trigger critical');
});

it('13b: without a delay the late look finds them at the next tick, at 120 s', async () => {
  const world = await lateWorld({ delay: '0s', correctLate: true });
  expect(world.sent()[0]).toBe('120: trigger critical');
  expect(world.counted.get('ticks_corrected')).toBe(1);
  const [episode] = await world.store.listEpisodes({ fromMs: 0, toMs: 2e12, rowsMax: 1 });
  expect((episode?.firedAt ?? 0) - 1_800_000_000_000).toBe(60_000);
});

it('13c: without either, nobody ever hears of them', async () => {
  const world = await lateWorld({ delay: '0s', correctLate: false });
  expect(world.sent()).toEqual([]);
});

it('13d: a late breach counts for `for` from its own tick', async () => {
  const rule = worldRule({ ...errors, for: '2m', conditions: critical(5) });
  const late = [...steady(0, 60, { isError: true, arrives: 85 }), ...steady(60, 300, { isError: true })];
  const world = openWorld([rule], late);
  await world.run(0, 300, 10);
  expect(world.sent()).toEqual(['180: trigger critical']);
});

it('13g: a late breach counts with those before and after it', async () => {
  const rule = worldRule({ ...errors, breaches: { atLeast: 3, of: 5 }, conditions: critical(5) });
  const bad = { isError: true };
  const world = openWorld(
    [rule],
    [
      ...steady(0, 60, bad),
      ...steady(60, 120),
      ...steady(120, 180, { ...bad, arrives: 205 }),
      ...steady(180, 240),
      ...steady(240, 300, bad),
      ...steady(300, 400),
    ],
  );
  await world.run(0, 300, 10);
  expect(world.sent()).toEqual(['300: trigger critical']);
});

it('13e: what turns out well is noted on the episode and not un-sent', async () => {
  const rule = worldRule({ ...errors, keepFiringFor: '10m', conditions: critical(5) });
  const few = steady(0, 3, { isError: true });
  // 3 of 60 are 5 %, which is not above 5.
  const world = openWorld([rule], [...few, ...steady(3, 60, { arrives: 100 }), ...steady(60, 300)]);
  await world.run(0, 240, 10);
  expect(world.sent()).toEqual(['60: trigger critical']);
  const [episode] = await world.store.listEpisodes({ fromMs: 0, toMs: 2e12, rowsMax: 1 });
  expect(episode?.lateNote).toContain('5 % is not above 5 %, known late');
});

it('13f: after a restart the last three ticks are looked at again', async () => {
  const rule = worldRule({ ...errors, conditions: critical(5) });
  const world = openWorld([rule], lateRequests);
  await world.run(0, 60);
  world.restart();
  await world.run(120, 120);
  expect(world.sent()).toEqual(['120: trigger critical']);
});

it('waits as long as the slowest service it is about, between 10 s and 5 min', async () => {
  const delayed = { every: '1m', delay: 'auto', window: '1m' };
  const about = (service: string) => [{ label: 'service', value: service }];
  const rules = ['web', 'batch', 'probe', 'nobody'].map((service) =>
    worldRule({
      uid: service,
      signal: { kind: 'error_rate', filter: about(service) },
      schedule: delayed,
      conditions: critical(5),
    }),
  );
  const all = worldRule({ uid: 'all', ...errors, schedule: delayed, conditions: critical(5) });
  const world = openWorld(
    [...rules, all],
    [
      { at: -100, arrives: -77.5, labels: { service: 'web' } },
      { at: -1_000, arrives: -100, labels: { service: 'batch' } },
      { at: -100, arrives: -99, labels: { service: 'probe' } },
    ],
  );
  await world.run(0, 60);
  expect(Object.fromEntries(world.delaysMs())).toEqual({
    web: 23_000,
    batch: 300_000,
    probe: 10_000,
    nobody: 30_000,
    all: 300_000,
  });
});
