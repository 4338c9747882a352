import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createPackageFinder } from './package-finder.ts';

const root = mkdtempSync(join(tmpdir(), 'nightjar-finder-'));
for (const name of [
  'node_modules/pg',
  'app/node_modules/@hapi/hapi',
  'node_modules/.pnpm/node_modules/express',
]) {
  mkdirSync(join(root, name), { recursive: true });
  writeFileSync(join(root, name, 'package.json'), '{}');
}
mkdirSync(join(root, 'app/src'), { recursive: true });

it.each([
  ['pg', true],
  ['@hapi/hapi', true],
  ['express', true],
  ['koa', false],
])('%s: %s', (name, isPresent) => {
  expect(createPackageFinder('app/src/main.js', root)(name)).toBe(isPresent);
});

it('looks from the working directory when there is no main file', () => {
  expect(createPackageFinder(undefined, root)('pg')).toBe(true);
  expect(createPackageFinder(undefined, root)('@hapi/hapi')).toBe(false);
});
