import { expect, it } from 'vitest';
import { matcherOf } from './module-hooks.ts';

it.each([
  ['pg', '/node_modules/pg/lib/client.js', true],
  ['pg', '/node_modules/pg-pool/index.js', false],
  ['fast.js', '/node_modules/fast.js/index.js', true],
  ['drizzle-orm/pg-core/db.js', '/node_modules/drizzle-orm/pg-core/db.js', true],
  ['drizzle-orm/pg-core/db.js', '/node_modules/drizzle-orm/pg-core/db.js.map', false],
  ['drizzle-orm/pg-core/db.js', '/node_modules/drizzle-orm/pg-core/columns/index.js', false],
  ['@scope/name/lib/a.cjs', '/node_modules/@scope/name/lib/a.cjs', true],
])('matches %s with %s: %s', (name, path, isMatch) => {
  expect(matcherOf(name).test(`file:///app${path}`)).toBe(isMatch);
});
