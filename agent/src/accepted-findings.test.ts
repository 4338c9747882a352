import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { detect } from './detect/detect.ts';
import { childrenOf, loop, request } from './detect/test-traces.ts';
import type { Finding } from './detect/types.ts';
import { RECHECK_MS, createAcceptance } from './accepted-findings.ts';

const day = Date.parse('2026-11-20T12:00:00Z');
const [looping] = detect(childrenOf(request(), loop(12))).findings;
if (looping === undefined) throw new Error('no finding');
const finding: Finding = looping;

let cwd = '';
let nowMs = day;
let problems: string[] = [];
const accept = () => createAcceptance({ cwd, nowMs: () => nowMs, warn: (problem) => problems.push(problem) });
const acknowledge = (expires: string): void =>
  writeFileSync(
    join(cwd, 'nightjar.ack.json'),
    JSON.stringify([{ id: finding.id, reason: 'small', expires }]),
  );

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'nightjar-accepted-'));
  nowMs = day;
  problems = [];
});
afterEach(() => rmSync(cwd, { recursive: true }));

it('leaves a finding alone where there is neither file nor comment', () => {
  expect(accept()(finding)).toBe(finding);
});

it('marks what the file acknowledges, until it expires', () => {
  acknowledge('2026-11-21');
  const mark = accept();
  expect(mark(finding).accepted).toEqual({ how: 'acknowledged', reason: 'small', expires: '2026-11-21' });
  nowMs = Date.parse('2026-11-22T00:00:00Z');
  expect(mark(finding).accepted).toBeUndefined();
});

it('sees a file that was changed or taken away, but not at every finding', () => {
  const mark = accept();
  expect(mark(finding).accepted).toBeUndefined();
  acknowledge('2026-12-31');
  expect(mark(finding).accepted).toBeUndefined();
  nowMs += RECHECK_MS;
  expect(mark(finding).accepted?.reason).toBe('small');
  writeFileSync(join(cwd, 'nightjar.ack.json'), '[]');
  utimesSync(join(cwd, 'nightjar.ack.json'), 1, 1);
  nowMs += RECHECK_MS;
  expect(mark(finding).accepted).toBeUndefined();
});

it('warns of entries that do not count', () => {
  writeFileSync(join(cwd, 'nightjar.ack.json'), '[{"id":"beef"}]');
  accept()(finding);
  expect(problems).toEqual(['nightjar.ack.json: entry 1: its id is not 16 hex digits']);
});

it.each([
  [
    'with a reason',
    '// nightjar-ignore n+1: five rows at most',
    { how: 'ignored', reason: 'five rows at most' },
  ],
  ['without one', '// nightjar-ignore n+1', undefined],
  ['about another kind', '// nightjar-ignore slow: why', undefined],
])('takes the comment at the call site %s', (_, comment, accepted) => {
  writeFileSync(join(cwd, 'orders.ts'), `one();\n${comment}\nquery();\n`);
  const mark = accept();
  const at = { ...finding, callSite: { file: 'orders.ts', line: 3, function: 'list' } };
  expect(mark(at).accepted).toEqual(accepted);
  // It is read once: the source of a running process does not change under it.
  rmSync(join(cwd, 'orders.ts'));
  expect(mark(at).accepted).toEqual(accepted);
});
