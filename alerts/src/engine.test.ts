import { pino } from 'pino';
import { expect, it } from 'vitest';
import type { AlertRuleInput } from '../schema/index.ts';
import { createEngine } from './engine.ts';
import { createMemoryStore, emptyData } from './test-support/memory-store.ts';
import { openTimeline, scenarioRule } from './test-support/timeline.ts';

const above50: AlertRuleInput['conditions'] = [{ severity: 'critical', threshold: 50 }];

it('14: ticks missed while stopped are evaluated, so the trigger comes when it is due', async () => {
  const timeline = openTimeline(scenarioRule({ for: '10m', conditions: above50 }), () => 60);
  await timeline.run(0, 4);
  timeline.restart();
  await timeline.run(6, 12);
  expect(timeline.sent()).toEqual([{ at: 10, what: 'trigger critical' }]);
});

it('14b: a stop across the firing tick: the alert has fired at its own time, the message comes after', async () => {
  const timeline = openTimeline(scenarioRule({ for: '10m', conditions: above50 }), () => 60);
  await timeline.run(0, 4);
  timeline.restart();
  await timeline.tick(13);
  expect(timeline.sent()).toEqual([{ at: 13, what: 'trigger critical' }]);
  const [alert] = await timeline.store.listAlerts({ rowsMax: 1 });
  expect(alert).toMatchObject({
    state: 'firing',
    activeAt: timeline.timeOf(0),
    firedAt: timeline.timeOf(10),
  });
});

it('15: killed while firing, restarted with reloaded rules: no second trigger, repeat counts from the first', async () => {
  const rule = scenarioRule({ conditions: above50, notify: { repeat: '5m' } });
  const timeline = openTimeline(rule, () => 60);
  await timeline.run(0, 2);
  timeline.restart([{ ...rule, name: 'renamed' }]);
  await timeline.tick(2.5);
  await timeline.run(3, 6);
  expect(timeline.sent()).toEqual([
    { at: 0, what: 'trigger critical' },
    { at: 5, what: 'repeat critical' },
  ]);
});

it('what fired and ended while stopped is one message that says so, and an episode in the history', async () => {
  const timeline = openTimeline(scenarioRule({ conditions: above50 }), (at) => (at === 3 ? 60 : 10));
  await timeline.run(0, 1);
  await timeline.tick(6);
  expect(timeline.sent()).toEqual([{ at: 6, what: 'resolve critical ok' }]);
  expect(timeline.rows()[0]?.notification.text).toContain('while alerting was stopped');
  const episodes = await timeline.store.listEpisodes({ fromMs: 0, toMs: timeline.timeOf(9), rowsMax: 9 });
  expect(episodes).toMatchObject([
    { firedAt: timeline.timeOf(3), resolvedAt: timeline.timeOf(4), resolveReason: 'ok', value: 60 },
  ]);
});

it('an alert that flapped while stopped gives one message for how it stands now, history keeps all', async () => {
  const values = [60, 60, 10, 60, 10, 60];
  const timeline = openTimeline(scenarioRule({ conditions: above50 }), (at) => values[at] ?? 60);
  await timeline.run(0, 1);
  await timeline.tick(7);
  expect(timeline.sent().map(({ what }) => what)).toEqual(['trigger critical', 'trigger critical']);
  const [first, second] = timeline.rows();
  expect(second?.dedupKey).toBe(first?.dedupKey);
  const episodes = await timeline.store.listEpisodes({ fromMs: 0, toMs: timeline.timeOf(9), rowsMax: 9 });
  expect(episodes.map(({ resolvedAt }) => resolvedAt === null)).toEqual([true, false, false]);
});

it('an alert that people know of and that flapped and ended while stopped is a plain resolve', async () => {
  const values = [60, 10, 60, 10, 10];
  const timeline = openTimeline(scenarioRule({ conditions: above50 }), (at) => values[at] ?? 10);
  await timeline.tick(0);
  await timeline.tick(4);
  expect(timeline.sent().map(({ what }) => what)).toEqual(['trigger critical', 'resolve critical ok']);
  expect(timeline.rows()[1]?.notification.text).not.toContain('while alerting was stopped');
});

it('after a stop longer than 60 ticks the older ones are skipped and counted', async () => {
  const timeline = openTimeline(scenarioRule({ conditions: above50 }), (at) => (at < 100 ? 60 : 10));
  await timeline.tick(-1);
  await timeline.tick(159);
  expect(timeline.counted.get('ticks_skipped')).toBe(100);
  expect(timeline.counted.get('ticks_evaluated')).toBe(61);
});

it('two evaluators on one store make each message once, with the same ids as one alone', async () => {
  const rule = scenarioRule({ conditions: above50 });
  const script = (at: number) => (at % 4 < 2 ? 60 : 10);
  const alone = openTimeline(rule, script);
  await alone.run(0, 11);

  const shared = openTimeline(rule, script);
  const other = openTimeline(rule, script);
  for (const part of ['ticks', 'instances', 'episodes', 'outbox'] as const)
    Object.assign(other.data, { [part]: shared.data[part] });
  for (let at = 0; at <= 11; at += 1) await Promise.all([shared.tick(at), other.tick(at)]);

  expect(shared.rows().map(({ id }) => id)).toEqual(alone.rows().map(({ id }) => id));
  expect(shared.rows()).toHaveLength(6);
  const lost = [shared, other].map(({ counted }) => counted.get('commits_superseded') ?? 0);
  expect(lost[0] ?? 0).toBeGreaterThanOrEqual(0);
  expect((lost[0] ?? 0) + (lost[1] ?? 0)).toBeGreaterThan(0);
});

it('a store that is away delays the tick and loses nothing', async () => {
  const timeline = openTimeline(scenarioRule({ conditions: above50 }), () => 60);
  const { store } = timeline;
  const commit: typeof store.commit = async (batch) => await createMemoryStore(timeline.data).commit(batch);
  store.commit = async () => await Promise.reject(new Error('disk is full'));
  await timeline.run(0, 1);
  expect(timeline.counted.get('rules_failed')).toBe(2);
  store.commit = commit;
  await timeline.tick(2);
  expect(timeline.sent()).toEqual([{ at: 2, what: 'trigger critical' }]);
});

it.each([
  ['switched off', 'rule_disabled', true, 1],
  ['deleted', 'rule_deleted', true, 0],
] as const)('a rule that is %s resolves what fires, once', async (_name, reason, isComplete, kept) => {
  const rule = scenarioRule({ conditions: above50 });
  const timeline = openTimeline(rule, () => 60);
  await timeline.run(0, 1);
  timeline.restart(
    [rule].slice(0, kept).map((it) => ({ ...it, enabled: false })),
    isComplete,
  );
  await timeline.run(2, 4);
  expect(timeline.sent()).toEqual([
    { at: 0, what: 'trigger critical' },
    { at: 2, what: `resolve critical ${reason}` },
  ]);
  expect(await timeline.store.ruleUids()).toEqual([]);
});

it('a rule that is missing because a file could not be read is not taken for deleted', async () => {
  const rule = scenarioRule({ conditions: above50 });
  const timeline = openTimeline(rule, () => 60);
  await timeline.run(0, 1);
  timeline.restart([], false);
  await timeline.run(2, 4);
  timeline.restart();
  await timeline.tick(5);
  expect(timeline.sent()).toEqual([{ at: 0, what: 'trigger critical' }]);
});

it('changing the threshold does not start firing anew; raising `for` above what has passed resolves', async () => {
  const rule = scenarioRule({ conditions: above50 });
  const timeline = openTimeline(rule, () => 60);
  await timeline.run(0, 2);
  timeline.restart([{ ...rule, conditions: [{ severity: 'critical', op: '>', threshold: 55 }] }]);
  await timeline.tick(3);
  expect(timeline.sent()).toHaveLength(1);
  timeline.restart([{ ...rule, for: '6m' }]);
  await timeline.run(4, 7);
  expect(timeline.sent()).toEqual([
    { at: 0, what: 'trigger critical' },
    { at: 4, what: 'resolve critical rule_changed' },
    { at: 6, what: 'trigger critical' },
  ]);
  expect(new Set(timeline.rows().map(({ id }) => id)).size).toBe(3);
});

it('a condition taken out and a grouping that changed resolve what fired under them', async () => {
  const rule = scenarioRule({ conditions: above50, groupBy: ['service'] });
  const timeline = openTimeline(rule, () => ({ a: 60 }));
  await timeline.tick(0);
  timeline.restart([{ ...rule, conditions: [{ severity: 'warning', op: '>', threshold: 50 }] }]);
  await timeline.tick(1);
  timeline.restart([
    { ...rule, conditions: [{ severity: 'warning', op: '>', threshold: 50 }], groupBy: ['queue'] },
  ]);
  await timeline.tick(2);
  expect(timeline.sent()).toEqual(
    [
      { at: 0, what: 'trigger critical' },
      { at: 1, what: 'resolve critical rule_changed' },
      { at: 1, what: 'trigger warning' },
      { at: 2, what: 'resolve warning rule_changed' },
      { at: 2, what: 'trigger warning' },
    ].sort((a, b) => a.at - b.at),
  );
  expect((await timeline.store.load(rule.uid))?.instances).toHaveLength(1);
});

it('more groups than groups.max: one summary, firing groups are kept, the busiest fill up', async () => {
  const rule = scenarioRule({ conditions: above50, groupBy: ['route'], groups: { max: 3 } });
  const crowd = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`r${index}`, 1_000 + index]));
  const timeline = openTimeline(rule, (at) => {
    if (at === 0) return { quiet: 51, calm: 10 };
    return at < 3 ? { ...crowd, quiet: 51 } : { quiet: 51 };
  });
  await timeline.run(0, 2);
  expect(
    timeline
      .sent()
      .map(({ at, what }) => `${at} ${what}`)
      .sort(),
  ).toEqual(['0 trigger critical', '1 trigger critical', '1 trigger critical', '1 trigger group_overflow']);
  const firing = await timeline.store.listAlerts({ states: ['firing'], rowsMax: 99 });
  const routes = firing.filter(({ kind }) => kind === 'condition').map(({ labels }) => labels['route']);
  expect(routes.toSorted((a, b) => ((a ?? '') < (b ?? '') ? -1 : 1))).toEqual(['quiet', 'r4998', 'r4999']);
  const summary = timeline.rows().find(({ notification }) => notification.kind === 'group_overflow');
  expect(summary?.notification.text).toContain('5001 groups, watches 3; the busiest: r4999, r4998');
  await timeline.tick(3);
  expect(timeline.sent().at(-1)).toEqual({ at: 3, what: 'resolve group_overflow ok' });
});

it('groups that come and go do not pile up in the state', async () => {
  const rule = scenarioRule({ conditions: above50, groupBy: ['pod'], groups: { max: 5 } });
  const timeline = openTimeline(rule, (at) => ({ [`pod-${at}`]: 10, [`job-${at}`]: 10 }));
  await timeline.run(0, 40);
  const stored = await timeline.store.load(rule.uid);
  expect(stored?.instances).toHaveLength(5);
  expect(stored?.instances.some(({ group }) => group['pod'] === 'pod-40')).toBe(true);
});

it('a source that never answers ends the tick as a failed read', async () => {
  const data = emptyData();
  const engine = createEngine({
    source: { read: async () => await new Promise(() => undefined) },
    store: createMemoryStore(data),
    channels: ['hook'],
    baseUrl: 'http://127.0.0.1:3400',
    log: pino({ level: 'silent' }),
    readTimeoutMs: 1,
  });
  engine.apply({
    rules: [scenarioRule({ conditions: above50, onError: { alertAfterTicks: 1 } })],
    isComplete: true,
  });
  await engine.tick(1_800_000_000_000);
  const [row] = data.outbox.values();
  expect(row?.row.notification.text).toContain('the query fails: timed out');
});

it('rules that are replaced while the gone ones are put away get a look of their own', async () => {
  const rule = scenarioRule({ conditions: above50 });
  const timeline = openTimeline(rule, () => 60);
  await timeline.tick(0);
  const store = createMemoryStore(timeline.data);
  let looks = 0;
  const engine = createEngine({
    source: { read: async () => await Promise.reject(new Error('not asked')) },
    store: {
      ...store,
      ruleUids: async () => {
        looks += 1;
        const uids = await store.ruleUids();
        if (looks === 1) engine.apply({ rules: [], isComplete: true });
        return uids;
      },
    },
    channels: ['hook'],
    baseUrl: 'http://127.0.0.1:3400',
    log: pino({ level: 'silent' }),
  });
  engine.apply({ rules: [rule], isComplete: true });
  await engine.tick(timeline.timeOf(0));
  expect(timeline.sent()).toHaveLength(1);
  await engine.tick(timeline.timeOf(0.5));
  expect(timeline.sent().at(-1)).toEqual({ at: 0.5, what: 'resolve critical rule_deleted' });
});
