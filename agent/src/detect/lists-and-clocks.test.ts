import { describe, expect, it } from 'vitest';
import { detect } from './detect.ts';
import { childrenOf, loop, LOOKUP, query, request } from './test-traces.ts';
import type { Attributes, DetectSpan, Verdict } from './types.ts';

const ANY = 'SELECT id, stars FROM reviews WHERE book_id = ANY($1)';

function verdictOf(calls: readonly DetectSpan[]): Verdict | undefined {
  return detect(childrenOf(request(), calls)).repeats[0]?.verdict;
}

/** Calls with pauses between them. */
function paused(pausesMs: readonly number[], attributes: Attributes): DetectSpan[] {
  let at = 1.5;
  return pausesMs.map((pauseMs) => {
    const call = query(LOOKUP, { startMs: at, durationMs: 1, attributes });
    at += 1 + pauseMs;
    return call;
  });
}

describe('lists bound as one value', () => {
  const listed = (size: number | undefined, n = 6): DetectSpan[] =>
    loop(n, ANY).map((call, i) => ({
      ...call,
      attributes: {
        ...call.attributes,
        'nightjar.db.parameter_hash': `${i}`,
        ...(size === undefined ? {} : { 'nightjar.db.list_size': size }),
      },
    }));
  const inMySql = (scopeName: string): DetectSpan[] =>
    loop(6, 'SELECT title FROM books WHERE id IN (?)', { scopeName }).map((call) => ({
      ...call,
      attributes: { ...call.attributes, 'db.system.name': 'mysql' },
    }));

  it.each<readonly [string, readonly DetectSpan[], Verdict]>([
    ['of many values are chunks', listed(20), 'chunked_batch'],
    ['of one value are a loop', listed(1), 'n_plus_one'],
    ['of unknown size are taken for chunks', listed(undefined), 'chunked_batch'],
    ['are too many to be chunks', listed(undefined, 20), 'n_plus_one'],
    ['that a driver of MySQL writes out', inMySql('@opentelemetry/instrumentation-mysql2'), 'chunked_batch'],
    ['that are written out already', inMySql('io.opentelemetry.jdbc'), 'n_plus_one'],
  ])('%s', (_, calls, verdict) => {
    expect(verdictOf(calls)).toBe(verdict);
  });
});

describe('one question again and again', () => {
  const same = { 'nightjar.db.parameter_hash': 'a' };

  it.each<readonly [string, readonly number[], Attributes, Verdict]>([
    ['on a timer is polling', [60, 61, 60, 62, 60, 61, 60], same, 'polling'],
    ['at uneven times is not', [60, 30, 95, 40, 90, 35, 60], same, 'duplicate'],
    ['at once is not', [0.2, 0.2, 0.2, 0.2, 0.2, 0.2], same, 'duplicate'],
    ['with unknown values is a loop', [60, 61, 60, 62, 60, 61, 60], {}, 'n_plus_one'],
  ])('%s', (_, pausesMs, attributes, verdict) => {
    expect(verdictOf(paused(pausesMs, attributes))).toBe(verdict);
  });
});

describe('starts in whole milliseconds', () => {
  const reasonOf = (starts: readonly number[], durationMs: number): string | undefined =>
    detect(
      childrenOf(
        request(),
        starts.map((startMs) => query(LOOKUP, { startMs, durationMs })),
      ),
    ).findings[0]?.reason;

  it('do not make quick calls in turn look parallel', () => {
    expect(reasonOf([10, 10, 10, 11, 11, 11], 0.3)).toContain('one after the other');
  });

  it('still show calls that overlap', () => {
    expect(reasonOf([10, 10, 10, 11, 11, 11], 5)).toContain('at once');
  });

  it('are only doubted when all are whole', () => {
    expect(reasonOf([10.1, 10.11, 10.12, 10.13, 10.14, 10.15], 0.3)).toContain('at once');
  });
});
