import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PARAMETER_HASH } from '../attributes.ts';
import { hashOf, literalParameters, maskLiterals, shapeOf } from '../sql/index.ts';
import { detect } from './detect.ts';
import { severityRank } from './cost.ts';
import { expectedCases, spansOfCase } from './test-traces.ts';
import type { DetectSpan } from './types.ts';

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

/** The span as it is after export: no literal, no query value, but a hash of what was there. */
function masked(span: DetectSpan): DetectSpan {
  const { attributes } = span;
  const sql = attributes['db.query.text'];
  const url = attributes['url.full'];
  if (typeof sql === 'string' && attributes['db.system.name'] !== 'redis') {
    const hash = literalParameters(shapeOf(sql, 'postgresql'));
    const hashed = hash === undefined ? {} : { [PARAMETER_HASH]: hash };
    return {
      ...span,
      attributes: { ...attributes, 'db.query.text': maskLiterals(sql, 'postgresql'), ...hashed },
    };
  }
  if (typeof url !== 'string') return span;
  return {
    ...span,
    attributes: { ...attributes, 'url.full': url.replaceAll(/=[^&]*/g, '='), [PARAMETER_HASH]: hashOf(url) },
  };
}

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

  it.each(cases)('$name: masked, the same', ({ file }) => {
    const spans = spansOfCase(read(file));
    expect(detect(spans.map(masked))).toEqual(detect(spans));
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
