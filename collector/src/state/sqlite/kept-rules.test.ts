import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ruleStoreContract } from '@nightjar/alerts/testing';
import { afterAll, describe, expect, it } from 'vitest';
import type { StateDriver } from '../driver.ts';
import { SqliteDatabase } from './database.ts';
import { openSqliteState } from './driver.ts';

const scratch = mkdtempSync(join(tmpdir(), 'nightjar-kept-rules-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('the SQLite store keeps the promises of the rule store', () => {
  it.each(ruleStoreContract.map((contractCase, index) => ({ ...contractCase, index })))(
    '$name',
    async ({ run, index }) => {
      const path = join(scratch, `${index}.sqlite`);
      let state: StateDriver = openSqliteState(path);
      try {
        const done = run({
          store: state.rules,
          reopen: async () => {
            await state.close();
            state = openSqliteState(path);
            return state.rules;
          },
        });
        await expect(done).resolves.toBeUndefined();
      } finally {
        await state.close();
      }
    },
  );
});

it('a rule that this version cannot read is named and left where it is', async () => {
  const path = join(scratch, 'unreadable.sqlite');
  const state = openSqliteState(path);
  const database = new SqliteDatabase(path);
  database.run('INSERT INTO kept_rules VALUES (:uid, 1, NULL, :body)', { uid: 'odd', body: '{"uid":"odd"}' });
  database.close();
  const { rules, unreadable } = await state.rules.list();
  expect(rules).toEqual([]);
  expect(unreadable).toEqual([{ uid: 'odd', problem: expect.stringMatching(/^name: missing/) }]);
  expect(await state.rules.remove('odd')).toBe(true);
  await state.close();
});
