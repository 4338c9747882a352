import type { RulePreview } from '@nightjar/collector/contract';
import { expect, it } from 'vitest';
import { chartSeriesMax, previewChart } from './preview-chart.ts';

const minuteMs = 60_000;
type Series = RulePreview['series'][number];

function series(service: string, values: readonly (readonly [minute: number, value: number])[]): Series {
  const points = values.map(([minute, value]) => ({ at: minute * minuteMs, value, samples: 1 }));
  return { group: { service }, points, stretches: [], hasMoreStretches: false };
}

function preview(given: readonly Series[], more: Partial<RulePreview> = {}): RulePreview {
  const noise = { pages: 0, short: 0, firingMs: 0, flaps: 0 };
  return {
    ruleUid: 'r',
    from: 0,
    to: 5 * minuteMs,
    everyMs: minuteMs,
    ticks: 6,
    unit: '%',
    resolution: 'exact',
    groups: { seen: given.length, watched: given.length },
    isPartial: false,
    noise,
    summary: '',
    episodes: [],
    episodesTotal: 0,
    series: [...given],
    verdicts: {},
    suggestions: [],
    explained: [],
    tookMs: 1,
    ...more,
  };
}

it('puts groups side by side, in the scale of the axis, with gaps where nothing was measured', () => {
  const chart = previewChart(
    preview([
      series('shop', [
        [0, 10],
        [1, 20],
        [5, 30],
      ]),
      series('mail', [
        [0, 1],
        [2, 3],
        [3, 4],
      ]),
    ]),
    { conditions: [{ severity: 'critical', op: '>', threshold: 5 }] },
  );
  expect(chart.rows.map(({ s0 }) => s0)).toEqual([0.1, 0.2, null, null, null, 0.3]);
  expect(chart.rows.map(({ s1 }) => s1)).toEqual([0.01, null, 0.03, 0.04, null, null]);
  expect(chart.keys.map(({ label }) => label)).toEqual(['service shop', 'service mail']);
  expect(chart.lines).toEqual([{ value: 0.05, label: 'critical 5 %', tone: 'critical' }]);
});

it('fills a lone bucket that the sampling of a long range left empty', () => {
  const to = 1_000 * minuteMs;
  const samples = [0, 2, 7, 8, 14].map((minute) => [minute, minute] as const);
  const chart = previewChart(preview([series('shop', samples)], { to }), { conditions: [] });
  expect(chart.stepMs).toBe(2 * minuteMs);
  expect(chart.rows.slice(0, 8).map(({ s0 }) => s0)).toEqual([0, 0.02, 0.02, 0.07, 0.08, null, null, 0.14]);
});

it('draws an episode that is open up to the end, and no more lines than can be told apart', () => {
  const episode = {
    kind: 'condition' as const,
    severity: 'warning' as const,
    group: {},
    activeAt: 0,
    firedAt: minuteMs,
    resolvedAt: null,
    resolveReason: null,
    value: 1,
    samples: 1,
    worst: 1,
    reason: '',
  };
  const many = Array.from({ length: chartSeriesMax + 2 }, (_, index) => series(`s${index}`, [[0, index]]));
  const chart = previewChart(preview(many, { episodes: [episode] }), { conditions: [] });
  expect(chart.stretches).toEqual([{ fromMs: minuteMs, toMs: 5 * minuteMs, tone: 'warning' }]);
  expect(chart.keys).toHaveLength(chartSeriesMax);
});
