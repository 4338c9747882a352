import { previewRule } from '@nightjar/alerts';
import { alertRule, rulePreview } from '@nightjar/alerts/schema';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hexId, insertSpans, openTestStorage } from '../../storage/testing.ts';
import type { Storage } from '../../storage/types.ts';
import { createMetricSource } from '../metric-source.ts';
import { createRangeSource } from './range-source.ts';

const nowMs = Date.UTC(2026, 10, 2, 12);
const minuteMs = 60_000;
let storage: Storage;

// Six hours of three requests a minute at 50 ms; slow for 1 minute each hour, and for 10 minutes before the end.
beforeAll(async () => {
  storage = await openTestStorage();
  const beginMs = nowMs - 6 * 60 * minuteMs;
  const spans = Array.from({ length: 6 * 60 * 3 }, (_, index) => {
    const minute = Math.floor(index / 3);
    const isSlow = minute % 60 === 30 || minute >= 350;
    return {
      traceId: hexId(index + 1, 32),
      spanId: hexId(index + 1, 16),
      startMs: beginMs + index * 20_000,
      durationMs: isSlow ? 900 : 50,
      columns: { is_entry: true, kind: 2, service: 'shop', operation: 'GET /books', http_status: 200 },
    };
  });
  await insertSpans(storage, spans, 'spans');
}, 60_000);
afterAll(async () => await storage.close());

const rule = (part: object = {}) =>
  alertRule.parse({
    uid: 'slow',
    name: 'slow',
    signal: { kind: 'latency', quantile: 0.5 },
    schedule: { every: '1m', delay: '0s', window: '1m' },
    groupBy: ['service'],
    conditions: [{ severity: 'critical', threshold: 500 }],
    ...part,
  });
async function preview(part: object = {}, explain?: { group: object; from: number; to: number }) {
  const live = createMetricSource({ storage, watermarkMs: () => nowMs });
  const ports = { source: createRangeSource({ storage, source: live }), signal: AbortSignal.timeout(30_000) };
  const request = { rule: rule(part), fromMs: nowMs - 6 * 60 * minuteMs, toMs: nowMs };
  const asked =
    explain === undefined ? request : { ...request, explain: { ...explain, group: { service: 'shop' } } };
  return rulePreview.parse(await previewRule(asked, ports));
}

it('says how often it would have fired, for how long, and what would be quieter', async () => {
  const it = await preview();
  expect(it.summary).toBe(
    'In the last 6 hours this would have fired 7 times, 6 of them under 2 minutes; with for: 2m it would have fired once.',
  );
  expect(it.noise).toMatchObject({ pages: 7, short: 6, flaps: 0 });
  expect(it.episodesTotal).toBe(7);
  expect(it.groups).toEqual({ seen: 1, watched: 1 });
  expect(it.resolution).toBe('exact');
  const [latest, earlier] = it.episodes;
  expect(latest).toMatchObject({ group: { service: 'shop' }, resolvedAt: null, severity: 'critical' });
  expect(latest?.reason).toMatch(/^[89]\d\d(\.\d+)? ms is above 500 ms$/);
  expect((earlier?.resolvedAt ?? 0) - (earlier?.firedAt ?? 0)).toBe(minuteMs);
  expect(it.suggestions.map(({ change, noise }) => [change, noise.pages])).toEqual([
    ['for: 2m', 1],
    ['for: 5m', 1],
    ['for: 10m', 0],
    ['breaches: 3 of 5', 1],
    ['threshold: 1000', 0],
  ]);
});

it('draws the series with what was said of it, and explains every tick asked for', async () => {
  const it = await preview();
  const [series] = it.series;
  expect(series?.points.length).toBeGreaterThan(300);
  expect(new Set(series?.points.map(({ value }) => Math.round(value / 100)))).toEqual(new Set([1, 9]));
  expect(series?.stretches.filter(({ state }) => state === 'firing')).toHaveLength(7);
  expect(it.verdicts).toMatchObject({ breach: expect.any(Number), ok: expect.any(Number) });
  const { firedAt } = it.episodes[1] ?? { firedAt: 0 };
  const explain = { group: { service: 'shop' }, from: firedAt - minuteMs, to: firedAt + minuteMs };
  const { explained } = await preview({}, explain);
  expect(explained.map(({ verdict, state }) => [verdict, state])).toEqual([
    ['ok', 'inactive'],
    ['breach', 'firing'],
    ['ok', 'inactive'],
  ]);
  expect(explained[0]?.reason).toMatch(/is not above 500 ms/);
});

it('a rule that never fires says so, one without data too', async () => {
  expect((await preview({ guard: { minSamples: 50 } })).summary).toBe(
    'In the last 6 hours this would not have fired.',
  );
  const none = await preview({ signal: { kind: 'queue', metric: 'depth' }, groupBy: [] });
  expect(none.noise.pages).toBe(0);
  const silent = await preview({
    signal: { kind: 'queue', metric: 'depth' },
    groupBy: [],
    onNoData: { action: 'alert', after: '10m' },
  });
  expect(silent.episodes).toMatchObject([{ kind: 'no_data', resolvedAt: null }]);
});

it('looks at fewer ticks of a signal that is read one at a time', async () => {
  const it = await preview({
    signal: { kind: 'queries_per_request', compare: 'previous_release' },
    schedule: { every: '1m', delay: '0s', window: '5m' },
  });
  expect(it.resolution).toBe('thinned');
  expect(it.ticks).toBeLessThanOrEqual(240);
});
