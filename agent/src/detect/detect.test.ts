import { describe, expect, it } from 'vitest';
import { detect } from './detect.ts';
import { childrenOf, inTurn, LOOKUP, loop, query, request, span } from './test-traces.ts';
import type { DetectSpan, Finding } from './types.ts';

function onlyFinding(spans: readonly DetectSpan[]): Finding {
  const { findings } = detect(spans);
  expect(findings).toHaveLength(1);
  const [finding] = findings;
  if (finding === undefined) throw new Error('no finding');
  return finding;
}

describe('loops', () => {
  it('tells an M-N+1 as one finding with a companion', () => {
    const spans = loop(8).flatMap((one) => [
      { ...one, durationMs: 1 },
      query('SELECT * FROM publishers WHERE id = $1', { startMs: one.startMs + 1, durationMs: 1 }),
    ]);
    const finding = onlyFinding(childrenOf(request(), spans));
    expect(finding).toMatchObject({ count: 8, statement: 'SELECT * FROM authors WHERE id = ?' });
    expect(finding.companions).toMatchObject([
      { count: 8, statement: 'SELECT * FROM publishers WHERE id = ?' },
    ]);
  });

  it('keeps loops that follow each other apart', () => {
    const later = loop(8, 'SELECT * FROM publishers WHERE id = $1').map((one) => ({
      ...one,
      startMs: one.startMs + 50,
    }));
    const { findings } = detect(childrenOf(request(), [...loop(8), ...later]));
    expect(findings.map((finding) => finding.count)).toEqual([8, 8]);
    expect(findings.every((finding) => finding.companions === undefined)).toBe(true);
  });

  it('names the query that supplied the ids, and the line', () => {
    const list = query('SELECT * FROM books', {
      startMs: 0.1,
      durationMs: 0.5,
      attributes: { 'db.response.returned_rows': 6 },
    });
    const sited = {
      'code.file.path': 'src/books.ts',
      'code.line.number': 12,
      'code.function.name': 'listBooks',
    };
    const spans = childrenOf(request(), [
      list,
      ...loop(6).map((one, i) => (i === 2 ? { ...one, attributes: { ...one.attributes, ...sited } } : one)),
    ]);
    const finding = onlyFinding(spans);
    expect(finding).toMatchObject({
      sourceSpanId: list.spanId,
      callSite: { file: 'src/books.ts', line: 12, function: 'listBooks' },
      confidence: 'high',
    });
    expect(finding.reason).toContain('about as many rows');
  });

  it('takes the line from an ancestor or from the comment of the statement', () => {
    const root = request();
    const handler = span({
      parentSpanId: root.spanId,
      durationMs: 90,
      attributes: {
        'code.filepath': 'a.py',
        'code.lineno': '7',
        'code.function': 'f',
        'code.namespace': 'm',
      },
    });
    const under = loop(6).map((one) => ({ ...one, parentSpanId: handler.spanId }));
    expect(onlyFinding([root, handler, ...under]).callSite).toEqual({
      file: 'a.py',
      line: 7,
      function: 'm.f',
    });
    const tagged = childrenOf(root, loop(6, `${LOOKUP} /*file='app/models.py:31'*/`));
    expect(onlyFinding(tagged).callSite).toEqual({ file: 'app/models.py', line: 31, function: '' });
  });

  it('keeps the id of a finding when route and line change, not when service, function or statement do', () => {
    const sited = (line: number, name: string): DetectSpan[] =>
      loop(6, LOOKUP, {
        attributes: { 'code.file.path': 'a.ts', 'code.line.number': line, 'code.function.name': name },
      });
    const id = (spans: readonly DetectSpan[]): string =>
      onlyFinding(childrenOf(request({ name: 'GET /x' }), spans)).id;
    const base = id(sited(1, 'f'));
    expect(onlyFinding(childrenOf(request({ name: 'GET /y' }), sited(9, 'f'))).id).toBe(base);
    expect(id(sited(1, 'g'))).not.toBe(base);
    expect(id(loop(6, 'SELECT * FROM x WHERE id = $1'))).not.toBe(base);
  });

  it('adds transactions around each call to the time that can be saved', () => {
    const bare = onlyFinding(
      childrenOf(
        request(),
        inTurn(8, (_, startMs) => query('UPDATE t SET a = $1 WHERE id = $2', { startMs }), 2),
      ),
    );
    const wrapped = onlyFinding(
      childrenOf(request(), [
        ...inTurn(8, (_, startMs) => query('UPDATE t SET a = $1 WHERE id = $2', { startMs }), 2),
        ...inTurn(8, (_, startMs) => query('COMMIT', { startMs: startMs + 2 }), 0.4),
      ]),
    );
    expect(bare.isWrite).toBe(true);
    expect(wrapped.savedMs).toBeGreaterThan(bare.savedMs + 1);
  });

  it('counts overlapping calls by elapsed time', () => {
    const spans = Array.from({ length: 10 }, () => query(LOOKUP, { startMs: 1, durationMs: 30 }));
    const finding = onlyFinding(childrenOf(request(), spans));
    expect(finding.totalMs).toBe(300);
    expect(finding.savedMs).toBe(0);
  });
});

describe('other findings', () => {
  it('names a slow statement, and no loop twice', () => {
    const slow = query('SELECT * FROM logs WHERE level = $1', { startMs: 1, durationMs: 700 });
    const finding = onlyFinding(childrenOf(request({ durationMs: 800 }), [slow]));
    expect(finding).toMatchObject({ kind: 'slow_statement', count: 1, savedMs: 600, severity: 'medium' });
    for (const [durationMs, severity] of [
      [1_000, 'high'],
      [5_000, 'critical'],
    ] as const) {
      const longer = query('SELECT * FROM logs WHERE level = $1', { startMs: 1, durationMs });
      expect(onlyFinding(childrenOf(request({ durationMs: 9_000 }), [longer]))).toMatchObject({ severity });
    }
    expect(finding.hint).toContain('`logs (level)`');
    const slowLoop = inTurn(5, (_, startMs) => query(LOOKUP, { startMs }), 600);
    expect(onlyFinding(childrenOf(request({ durationMs: 4_000 }), slowLoop)).kind).toBe('n_plus_one');
    expect(detect(childrenOf(request(), [slow]), { slowStatementMs: 800 }).findings).toEqual([]);
  });

  it('names a read without a limit that returns too much', () => {
    const large = query('SELECT * FROM logs', {
      startMs: 1,
      attributes: { 'db.response.returned_rows': 50_000 },
    });
    expect(onlyFinding(childrenOf(request(), [large])).kind).toBe('unbounded_select');
  });

  it('names a duplicate only when it costs and is certain', () => {
    const certain = 'SELECT * FROM feature_flags';
    expect(onlyFinding(childrenOf(request(), loop(6, certain)))).toMatchObject({
      kind: 'duplicate_query',
      confidence: 'high',
    });
    expect(detect(childrenOf(request(), loop(4, certain))).findings).toEqual([]);
    expect(detect(childrenOf(request(), loop(8, 'SELECT now()'))).findings).toEqual([]);
    expect(
      detect(
        childrenOf(
          request(),
          inTurn(8, (_, startMs) => query(certain, { startMs }), 0.1),
        ),
      ).findings,
    ).toEqual([]);
  });

  it('names a chatty request unless a loop explains it', () => {
    const different = inTurn(31, (i, startMs) => query(`SELECT * FROM t${i % 16} WHERE a = $1`, { startMs }));
    const finding = onlyFinding(childrenOf(request(), different));
    expect(finding).toMatchObject({ kind: 'chatty_request', count: 31 });
    expect(detect(childrenOf(request(), different.slice(1))).findings).toEqual([]);
    const explained = childrenOf(request({ durationMs: 400 }), [
      ...different,
      ...loop(60).map((one) => ({ ...one, startMs: one.startMs + 100 })),
    ]);
    expect(detect(explained).findings.map((one) => one.kind)).toEqual(['n_plus_one']);
  });
});
