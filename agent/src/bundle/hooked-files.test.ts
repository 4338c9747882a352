import { expect, it } from 'vitest';
import { INSTRUMENTATIONS } from '../instrumentations/load.ts';
import { readHookedPackages } from './hooked-files.ts';

it('names every package of every row, and the files of those that patch files', () => {
  const hooked = readHookedPackages();
  const missed = INSTRUMENTATIONS.flatMap(({ name, packages }) =>
    packages.filter((one) => hooked.get(one)?.rowsOf.get(one)?.has(name) !== true),
  );
  expect(missed).toEqual([]);
  expect([...(hooked.get('drizzle-orm')?.rowsOf.keys() ?? [])]).toContain('drizzle-orm/pg-core/db.js');
  expect(hooked.has('http')).toBe(false);
});
