import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { runCi } from './index.ts';
import type { ReportLine, ReportedFinding } from './read-report.ts';

/** Runs the command in this process, on a report in a folder of the test's own. */

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nightjar-ci-'));
  mkdirSync(join(folder, 'report'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

export const loop: ReportedFinding = {
  id: '00000000000000aa',
  kind: 'n_plus_one',
  statement: 'SELECT name FROM customers WHERE id = ?',
  fingerprint: 'feedfeedfeedfeed',
  count: 25,
  callSite: { file: 'src/routes/orders page.ts', line: 29, function: 'list' },
  reason: 'The same call 25 times.',
  hint: 'Use a join.',
  standing: 'open',
};
export const orders: ReportLine = {
  version: 1,
  operation: 'GET /orders',
  test: 'lists orders',
  queryCount: 4,
  findings: [],
};
export const looping: ReportLine = { ...orders, queryCount: 26, findings: [loop] };

export function file(name: string): string {
  return join(folder, name);
}

export function report(...lines: readonly unknown[]): string {
  writeFileSync(file('report/a.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return file('report');
}

export async function ci(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const code = await runCi(args, {
    out: (text) => (out += text),
    err: (text) => (err += text),
    cwd: folder,
    nowMs: () => Date.parse('2026-11-20T00:00:00Z'),
  });
  return { code, out, err };
}

export function budget(queries: Record<string, number>, known: readonly string[] = []): string {
  const knownNPlusOnes = Object.fromEntries(
    known.map((id) => [id, { operation: 'GET /orders', statement: 'x' }]),
  );
  writeFileSync(file('budget.json'), JSON.stringify({ version: 1, queries, knownNPlusOnes }));
  return file('budget.json');
}
