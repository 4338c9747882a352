import fc from 'fast-check';
import { expect, it } from 'vitest';
import { openTimeline, scenarioRule } from './test-support/timeline.ts';
import type { Cell, Timeline } from './test-support/timeline.ts';

const minutes = 40;
const cell: fc.Arbitrary<Cell> = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 100 }) },
  { weight: 1, arbitrary: fc.constantFrom<Cell>(null, 'error', 'behind', { value: 90, samples: 1 }) },
);
const cells = fc.array(cell, { minLength: minutes, maxLength: minutes });
const durations = fc.constantFrom('0s', '1m', '3m');
const rules = fc
  .record({ for: durations, keepFiringFor: durations, stale: fc.constantFrom('2m', '1h') })
  .map((it) =>
    scenarioRule({
      for: it.for,
      keepFiringFor: it.keepFiringFor,
      guard: { minSamples: 2 },
      onInsufficient: { after: '2m' },
      onNoData: { action: 'alert', after: '1m', staleResolve: it.stale },
      notify: { repeat: '7m' },
      conditions: [
        { severity: 'critical', threshold: 70, recover: 60 },
        { severity: 'warning', threshold: 40 },
      ],
    }),
  );

it('whatever comes in, each alert hears trigger, repeats, resolve, in this order, with unique ids', async () => {
  await fc.assert(
    fc.asyncProperty(rules, cells, async (rule, input) => {
      const timeline = openTimeline(rule, (at) => input[at] ?? null);
      await timeline.run(0, minutes - 1);
      expect(new Set(timeline.rows().map(({ id }) => id)).size).toBe(timeline.rows().length);
      for (const spoken of conversations(timeline)) expect(spoken).toMatch(/^(t[p]*r)*(t[p]*)?$/);
      await expectTold(timeline);
    }),
    { numRuns: 60 },
  );
});

it('restarts change no message; stops change no episode, and people know the present afterwards', async () => {
  const stops = fc.array(fc.boolean(), { minLength: minutes, maxLength: minutes });
  await fc.assert(
    fc.asyncProperty(rules, cells, stops, async (rule, input, isDown) => {
      const script = (at: number) => input[at] ?? null;
      const steady = openTimeline(rule, script);
      const restarted = openTimeline(rule, script);
      const stopped = openTimeline(rule, script);
      for (let at = 0; at < minutes; at += 1) {
        await steady.tick(at);
        restarted.restart();
        await restarted.tick(at);
        if (at === 0 || at === minutes - 1 || isDown[at] === false) await stopped.tick(at);
      }
      expect(restarted.rows()).toEqual(steady.rows());
      expect(await episodesOf(stopped)).toEqual(await episodesOf(steady));
      await expectTold(stopped);
    }),
    { numRuns: 60 },
  );
});

/** The messages of each alert in one word: t trigger, p repeat, r resolve. */
function conversations(timeline: Timeline): string[] {
  const letters = { trigger: 't', repeat: 'p', resolve: 'r' } as const;
  const words = new Map<string, string>();
  for (const { notification } of timeline.rows()) {
    const { dedupKey, transition } = notification;
    words.set(dedupKey, (words.get(dedupKey) ?? '') + letters[transition]);
  }
  return [...words.values()];
}

/** An alert whose last message is a trigger or repeat is open, and an open one was told or a worse one speaks for it. */
async function expectTold(timeline: Timeline): Promise<void> {
  const open = await timeline.store.listAlerts({ states: ['firing', 'recovering'], rowsMax: 99 });
  const last = new Map(
    timeline.rows().map(({ dedupKey, notification }) => [dedupKey, notification.transition]),
  );
  const told = new Set([...last].filter(([, transition]) => transition !== 'resolve').map(([key]) => key));
  const openIds = new Set(open.map(({ id }) => id));
  for (const id of told) expect(openIds).toContain(id);
  const isCritical = open.some(({ kind, severity }) => kind === 'condition' && severity === 'critical');
  const mustBeTold = open.filter(
    ({ state, severity }) => state === 'firing' && !(severity === 'warning' && isCritical),
  );
  for (const { id } of mustBeTold) expect(told).toContain(id);
}

async function episodesOf(timeline: Timeline): Promise<unknown> {
  const episodes = await timeline.store.listEpisodes({
    fromMs: 0,
    toMs: Number.MAX_SAFE_INTEGER,
    rowsMax: 999,
  });
  return episodes.sort((a, b) => (a.id < b.id ? -1 : 1));
}
