import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from '@nightjar/collector/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { startCollector, type Collector } from '../support/collector.ts';
import { newTraceId, readCase, rewrite, sendTraces } from '../support/otlp.ts';
import { casesDir } from '../support/paths.ts';
import { until } from '../support/poll.ts';

const expectedCases = z
  .array(
    z.object({
      file: z.string(),
      name: z.string(),
      traceId: z.string(),
      verdict: z.enum(['n_plus_one', 'duplicate', 'none']),
      minCount: z.number().optional(),
      findings: z.number().optional(),
      alert: z.boolean().optional(),
      why: z.string().optional(),
    }),
  )
  .parse(JSON.parse(readFileSync(join(casesDir, 'expected.json'), 'utf8')));

const sentinelFile = 'P01.json';
let collector: Collector;

beforeAll(async () => {
  collector = await startCollector({ env: { NIGHTJAR_SWEEP_QUIET_MS: '500' } });
  const endMs = Date.now();
  for (const { file } of expectedCases) {
    await sendTraces(collector.otlpHttp, rewrite(readCase(file), { endMs }));
  }
  // The sweep takes traces in order of arrival: once the last one has its finding, those without have been judged.
  const sentinel = newTraceId();
  await sendTraces(
    collector.otlpHttp,
    rewrite(readCase(sentinelFile), { endMs: Date.now(), traceId: () => sentinel }),
  );
  await until(
    async () => await findingsOf(sentinel),
    (findings) => findings.length > 0,
    { what: 'the sweep to reach the sentinel', timeoutMs: 60_000 },
  );
});
afterAll(async () => await collector?.stop());

async function findingsOf(traceId: string): Promise<Finding[]> {
  const { findings } = await collector.get('findings', { query: { traceId, limit: '1000' } });
  return findings;
}

const isLoud = (finding: Finding) => finding.severity !== 'low';
const table = expectedCases.map((each) => [each.name, each] as const);

it('the table holds all 50 cases', () => expect(expectedCases).toHaveLength(50));

it.each(table.filter(([, each]) => each.verdict === 'n_plus_one'))('%s', async (_, expected) => {
  const findings = (await findingsOf(expected.traceId)).filter((finding) => finding.kind === 'n_plus_one');
  expect(findings).toHaveLength(expected.findings ?? 1);
  expect(Math.max(...findings.map((finding) => finding.count))).toBeGreaterThanOrEqual(
    expected.minCount ?? 5,
  );
  expect(findings.some(isLoud)).toBe(expected.alert ?? true);
});

it.each(table.filter(([, each]) => each.verdict === 'duplicate'))('%s', async (_, expected) => {
  const findings = await findingsOf(expected.traceId);
  expect(findings.filter((finding) => finding.kind === 'n_plus_one')).toEqual([]);
  const { repeats } = await collector.get('trace', { params: { traceId: expected.traceId } });
  const isNamed =
    findings.some((finding) => finding.kind === 'duplicate_query') ||
    repeats.some((repeat) => repeat.verdict === 'duplicate');
  expect(isNamed).toBe(true);
});

it.each(table.filter(([, each]) => each.verdict === 'none'))('%s', async (_, expected) => {
  const trace = await collector.get('trace', { params: { traceId: expected.traceId } });
  expect(trace.spans.length).toBeGreaterThan(0);
  const findings = await findingsOf(expected.traceId);
  expect(findings.filter((finding) => finding.kind === 'n_plus_one')).toEqual([]);
});
