import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { packageRoot } from '../package-paths.ts';
import type { FindingStatus, Judged, JudgedFinding } from './gate.ts';
import { sarifOf } from './sarif.ts';

function finding(status: FindingStatus, more: Partial<JudgedFinding> = {}): JudgedFinding {
  return {
    id: '00000000000000aa',
    kind: 'n_plus_one',
    statement: 'SELECT name FROM customers WHERE id = ?',
    fingerprint: 'feedfeedfeedfeed',
    count: 25,
    callSite: { file: 'src/routes/orders page.ts', line: 29, function: 'list' },
    reason: 'The same call 25 times.',
    hint: 'Use a join.',
    standing: 'open',
    operation: 'GET /orders',
    test: 'lists orders',
    status,
    ...more,
  };
}

const { callSite: _, ...placeless } = finding('new', { id: '00000000000000bb' });
const judged: Judged = {
  operations: [
    {
      operation: 'GET /orders',
      queryCount: 26,
      test: 'lists orders',
      requests: 1,
      production: 4,
      limit: 10,
      limitFrom: 'production',
      isBroken: true,
    },
  ],
  nPlusOnes: [
    finding('new'),
    placeless,
    finding('known_in_production', { callSite: { file: '/srv/app.js', line: 0, function: '' } }),
    finding('ignored', { note: 'five rows' }),
    finding('acknowledged', { note: 'until the rewrite' }),
  ],
  isClean: false,
};

/** What sarif-v2.1.0-os requires of the objects that are written (3.13 log, 3.14 run, 3.19 tool, 3.27 result and below). */
const text = z.strictObject({ text: z.string().min(1) });
const rule = z.strictObject({
  id: z.string().min(1),
  name: z.string(),
  shortDescription: text,
  fullDescription: text,
  help: text,
  defaultConfiguration: z.strictObject({ level: z.enum(['none', 'note', 'warning', 'error']) }),
});
const location = z.strictObject({
  physicalLocation: z
    .strictObject({
      artifactLocation: z.strictObject({
        uri: z.string().refine((uri) => URL.canParse(uri, 'file:///root/') && !/\s/.test(uri)),
        uriBaseId: z.literal('%SRCROOT%').optional(),
      }),
      region: z.strictObject({ startLine: z.number().int().min(1) }),
    })
    .optional(),
  logicalLocations: z.array(z.strictObject({ fullyQualifiedName: z.string(), kind: z.string() })).min(1),
});
const result = z.strictObject({
  ruleId: z.string(),
  ruleIndex: z.number().int().min(0),
  level: z.enum(['none', 'note', 'warning', 'error']),
  message: text,
  locations: z.array(location),
  partialFingerprints: z.record(z.string(), z.string()),
  baselineState: z.enum(['new', 'unchanged', 'updated', 'absent']),
  suppressions: z
    .array(z.strictObject({ kind: z.enum(['inSource', 'external']), justification: z.string() }))
    .optional(),
});
const log = z.strictObject({
  $schema: z.url(),
  version: z.literal('2.1.0'),
  runs: z.array(
    z.strictObject({
      tool: z.strictObject({
        driver: z.strictObject({ name: z.string().min(1), version: z.string(), rules: z.array(rule) }),
      }),
      columnKind: z.enum(['utf16CodeUnits', 'unicodeCodePoints']),
      results: z.array(result),
    }),
  ),
});

it('writes what the golden file holds', async () => {
  await expect(`${JSON.stringify(sarifOf(judged, '1.2.3'), null, 2)}\n`).toMatchFileSnapshot('golden.sarif');
});

it('has every field that SARIF 2.1.0 requires, in its form, and none it does not know', () => {
  const golden = log.parse(JSON.parse(readFileSync(join(packageRoot, 'src', 'ci', 'golden.sarif'), 'utf8')));
  const [run] = golden.runs;
  expect(run?.results).toHaveLength(6);
  for (const { ruleId, ruleIndex } of run?.results ?? [])
    expect(run?.tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
  expect(run?.results.map(({ level, suppressions }) => [level, suppressions?.[0]?.kind])).toEqual([
    ['error', undefined],
    ['error', undefined],
    ['note', undefined],
    ['note', 'inSource'],
    ['note', 'external'],
    ['error', undefined],
  ]);
});
