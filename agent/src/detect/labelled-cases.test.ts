import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { detect } from './detect.ts';
import { severityRank } from './cost.ts';
import { expectedCases, spansOfCase } from './test-traces.ts';

const VERDICT_OF_WHY: Readonly<Record<string, readonly string[]>> = {
  'below threshold': ['below_threshold'],
  chunked: ['chunked_batch'],
  polling: ['polling'],
  pagination: ['pagination'],
  cursor: ['cursor'],
  'cursor/duplicate': ['cursor', 'duplicate'],
  retry: ['retry'],
  pipelined: ['pipelined'],
  'no-arg': ['duplicate', 'polling'],
  spread: ['spread'],
  chatty: ['chatty'],
  'per-scope': ['below_threshold'],
  'no entity': ['duplicate'],
};

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../../test/n-plus-one-cases/${name}`, import.meta.url), 'utf8'));

describe('the 50 labelled traces', () => {
  const cases = expectedCases(read('expected.json'));

  it('are all there', () => {
    expect(cases).toHaveLength(50);
  });

  it.each(cases.filter((one) => one.verdict === 'n_plus_one'))('$name', (expected) => {
    const spans = spansOfCase(read(expected.file));
    expect(spans).toHaveLength(expected.spans);
    const loops = detect(spans).findings.filter((finding) => finding.kind === 'n_plus_one');
    expect(loops).toHaveLength(expected.findings);
    const most = Math.max(
      ...loops.flatMap((loop) => [loop.count, ...(loop.companions ?? []).map((c) => c.count)]),
    );
    expect(most).toBeGreaterThanOrEqual(expected.minCount);
    expect(loops.some((loop) => severityRank(loop.severity) >= severityRank('medium'))).toBe(expected.alert);
    for (const loop of loops) {
      expect(loop.hint).not.toMatch(/\{\w+\}/);
      expect(loop.statement).not.toBe('');
    }
  });

  it.each(cases.filter((one) => one.verdict === 'duplicate'))('$name', (expected) => {
    const { findings, repeats } = detect(spansOfCase(read(expected.file)));
    expect(repeats.map((repeat) => repeat.verdict)).toEqual(['duplicate']);
    expect(findings.map((finding) => finding.kind)).toEqual(['duplicate_query']);
  });

  it.each(cases.filter((one) => one.verdict === 'none'))('$name', (expected) => {
    const { findings, repeats } = detect(spansOfCase(read(expected.file)));
    const kinds = findings.map((finding) => finding.kind).filter((kind) => kind !== 'slow_statement');
    expect(kinds).toEqual([]);
    const why = VERDICT_OF_WHY[expected.why] ?? [];
    expect(repeats.filter((repeat) => !why.includes(repeat.verdict))).toEqual([]);
    expect(repeats.length > 0).toBe(why.length > 0);
  });
});
