import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { storeContract } from '@nightjar/alerts/testing';
import { afterAll, describe, expect, it } from 'vitest';
import type { StateDriver } from '../driver.ts';
import { openSqliteState } from './driver.ts';

const scratch = mkdtempSync(join(tmpdir(), 'nightjar-alert-store-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('the SQLite store keeps the promises of the alert store', () => {
  it.each(storeContract.map((contractCase, index) => ({ ...contractCase, index })))(
    '$name',
    async ({ run, index }) => {
      const path = join(scratch, `${index}.sqlite`);
      let state: StateDriver = openSqliteState(path);
      try {
        const done = run({
          store: state.alerts,
          reopen: async () => {
            await state.close();
            state = openSqliteState(path);
            return state.alerts;
          },
        });
        await expect(done).resolves.toBeUndefined();
      } finally {
        await state.close();
      }
    },
  );
});
