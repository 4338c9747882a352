// The acceptance scenarios of error budgets and of rules with more groups than they watch, in virtual time.
import { expect, it } from 'vitest';
import { openWorld, originMs, secondMs, worldRule } from './test-support/request-world.ts';
import type { MadeRequest } from './test-support/request-world.ts';

const alert = { burn: 14.4, long: '1h', short: '5m', severity: 'critical' as const };

/** One request a second for two hours; those of the first seconds of the second hour fail. */
function outage(seconds: number): MadeRequest[] {
  return Array.from({ length: 7_200 }, (_, index) => {
    const at = index - 3_600;
    return { at, isError: at >= 0 && at < seconds };
  });
}

it.each([
  ['10 s', 10, []],
  ['45 s', 45, []],
  ['52 s', 52, ['60: trigger critical', '360: resolve critical ok']],
  ['600 s', 600, ['60: trigger critical', '900: resolve critical ok']],
])('25: a full outage of %s against 99.9 %%, 14.4 over 1h and 5m', async (_name, seconds, sent) => {
  const slo = { objective: 99.9, alerts: [alert] };
  const world = openWorld([worldRule({ signal: { kind: 'burn_rate', slo } })], outage(seconds));
  await world.run(0, 3_000);
  expect(world.sent()).toEqual(sent);
});

it('25b: fewer failed requests than minBadEvents are no incident, whatever their share', async () => {
  const slo = { objective: 99.9, alerts: [{ ...alert, minBadEvents: 100 }] };
  const quiet = outage(90);
  const world = openWorld([worldRule({ signal: { kind: 'burn_rate', slo } })], quiet);
  await world.run(0, 600);
  expect(world.sent()).toEqual([]);
  const [state] = await world.store.listAlerts({ rowsMax: 1 });
  expect(state?.reason).toMatch(/but only \d+ failed requests, needs 100/);
});

it('25c: the usual three: a fast burn pages once, the slower ones of the same budget keep quiet meanwhile', async () => {
  const rule = worldRule({ signal: { kind: 'burn_rate', slo: { objective: 99.9 } } });
  const world = openWorld([rule], outage(600));
  await world.run(0, 1_200);
  expect(world.sent()[0]).toBe('60: trigger critical');
  expect(world.sent().filter((it) => it.includes('trigger') && !it.startsWith('60:'))).toEqual([
    // The five minutes are calm, the half hour is not.
    '900: trigger critical',
  ]);
  const states = await world.store.listAlerts({ rowsMax: 9 });
  expect(states.map(({ state, threshold }) => `${threshold} ${state}`).sort()).toEqual([
    '1 firing',
    '14.4 inactive',
    '6 firing',
  ]);
});

it('25d: 5,000 routes breach and 500 are watched: one summary beside them, those that fire are kept', async () => {
  const crowd = (at: number, count: number): MadeRequest[] =>
    Array.from({ length: count }, (_, index) => ({ at, isError: true, labels: { route: `r${index}` } }));
  const rule = worldRule({
    signal: { kind: 'error_rate' },
    groupBy: ['route'],
    groups: { max: 500 },
    conditions: [{ severity: 'critical', threshold: 5 }],
  });
  const kept = Array.from({ length: 9 }, (_, tick) => ({
    at: tick * 60,
    isError: true,
    labels: { route: 'zz' },
  }));
  const world = openWorld([rule], [...kept, ...crowd(70, 5_000), ...crowd(130, 5_000)]);
  await world.run(0, 180);
  const kinds = world.rows().map(({ notification: { kind, transition } }) => `${transition} ${kind}`);
  expect(kinds.filter((kind) => kind === 'trigger group_overflow')).toHaveLength(1);
  expect(kinds.filter((kind) => kind === 'trigger condition')).toHaveLength(500);
  expect(kinds).toHaveLength(501);
  const summary = world.rows().find(({ notification: { kind } }) => kind === 'group_overflow');
  expect(summary?.notification.text).toContain('5001 groups, watches 500; the busiest: ');
  const firing = await world.store.listAlerts({ states: ['firing'], rowsMax: 999 });
  expect(firing.some(({ labels }) => labels['route'] === 'zz')).toBe(true);
});

it('groups that are new are not judged before their grace is over, those left out never', async () => {
  const bad = (service: string, from: number): MadeRequest[] =>
    Array.from({ length: 600 - from }, (_, index) => ({
      at: from + index,
      isError: true,
      labels: { service },
    }));
  const rule = worldRule({
    signal: { kind: 'error_rate' },
    groupBy: ['service'],
    groups: {
      newGroupGrace: '3m',
      include: [{ label: 'service', op: '=~', value: 'shop.*' }],
      exclude: [{ label: 'service', value: 'shop-dev' }],
    },
    conditions: [{ severity: 'critical', threshold: 5 }],
  });
  const world = openWorld(
    [rule],
    [...bad('shop', 0), ...bad('shop-new', 120), ...bad('shop-dev', 0), ...bad('mail', 0)],
  );
  await world.run(60, 540);
  const told = world.rows().map(({ createdAtMs, notification: { labels } }) => {
    return `${(createdAtMs - originMs) / secondMs} ${labels['service'] ?? ''}`;
  });
  expect(told).toEqual(['240 shop', '360 shop-new']);
});
