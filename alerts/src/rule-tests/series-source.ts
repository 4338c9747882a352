import { durationMs } from '../../schema/index.ts';
import type { AlertRule, Labels, RuleTest } from '../../schema/index.ts';
import { planRule } from '../plan.ts';
import type { GroupReading, MetricSource } from '../ports.ts';
import { parseGroup, parseSeries } from './notation.ts';
import type { Parsed } from './notation.ts';
import { asTested } from './stage.ts';
import type { Stage } from './stage.ts';

const samplesDefault = 1_000;
/** Any day will do; it is the same each time. */
const dayMs = Date.UTC(2026, 0, 5);

interface ScriptedGroup {
  readonly labels: Labels;
  readonly values: readonly (number | null)[];
  readonly samples: readonly (number | null)[];
}

/** A source that answers from the series of a test: what a step holds is the value of every window that ends in it. */
export function seriesSource(rule: AlertRule, test: RuleTest): Parsed<Stage & { readonly rule: AlertRule }> {
  const groups = scriptOf(rule, test);
  if (!groups.ok) return groups;
  const tested = asTested(rule, { ...rule.schedule, delay: '0s', correctLate: false });
  const { everyMs, offsetMs } = planRule(tested);
  const stepMs = durationMs(test.every);
  const firstTickMs = Math.ceil((dayMs - offsetMs) / everyMs) * everyMs + offsetMs;
  const lastMs = Math.max(...test.expect.map(({ at }) => durationMs(at)));
  const source: MetricSource = {
    read: async ({ toMs }) => ({
      watermarkMs: toMs,
      groups: readAt(groups.value, Math.floor((toMs - firstTickMs) / stepMs)),
    }),
  };
  const ticks = Math.floor(lastMs / everyMs) + 1;
  return { ok: true, value: { rule: tested, source, firstTickMs, ticks, stepMs: Math.min(stepMs, everyMs) } };
}

function readAt(groups: readonly ScriptedGroup[], step: number): GroupReading[] {
  return groups.flatMap(({ labels, values, samples }) => {
    const value = values[step] ?? null;
    return value === null ? [] : [{ labels, value, samples: samples[step] ?? samplesDefault }];
  });
}

function scriptOf(rule: AlertRule, { input }: RuleTest): Parsed<readonly ScriptedGroup[]> {
  const samples = new Map<string, readonly (number | null)[]>();
  for (const [key, text] of Object.entries(input.samples ?? {})) {
    const parsed = parseSeries(text);
    if (!parsed.ok) return { ok: false, problem: `samples ${key}: ${parsed.problem}` };
    samples.set(key, parsed.value);
  }
  const groups: ScriptedGroup[] = [];
  for (const [key, text] of Object.entries(input.series ?? {})) {
    const labels = parseGroup(key);
    const values = parseSeries(text);
    if (!labels.ok) return { ok: false, problem: `series ${labels.problem}` };
    if (!values.ok) return { ok: false, problem: `series ${key}: ${values.problem}` };
    const given = Object.keys(labels.value).sort().join(', ');
    const grouped = [...rule.groupBy].sort().join(', ');
    if (given !== grouped)
      return {
        ok: false,
        problem: `series ${key}: has the labels (${given}), the rule groups by (${grouped})`,
      };
    groups.push({ labels: labels.value, values: values.value, samples: samples.get(key) ?? [] });
  }
  return { ok: true, value: groups };
}
