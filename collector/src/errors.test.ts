import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { apiErrors, startErrors } from './errors.ts';
import { packageRoot } from './package-paths.ts';

const readme = readFileSync(join(packageRoot, 'README.md'), 'utf8');

function table(heading: string): Map<string, number> {
  const section = readme.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const rows = [...section.matchAll(/^\| `(\w+)`\s*\| (\d+)\s*\|/gm)];
  return new Map(rows.map(([, code = '', number = '']) => [code, Number(number)]));
}

it('documents every error of the API in the README, and no other', () => {
  const registry = Object.entries(apiErrors).map(([code, { status }]) => [code, status]);
  expect(Object.fromEntries(table('Errors'))).toEqual(Object.fromEntries(registry));
});

it('documents every reason to stop in the README, and no other', () => {
  const registry = Object.entries(startErrors).map(([code, { exitCode }]) => [code, exitCode]);
  expect(Object.fromEntries(table('Exit codes'))).toEqual(Object.fromEntries(registry));
});
