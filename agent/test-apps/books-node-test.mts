// Run by `node --import @nightjar/agent/test/setup --test`.
import assert from 'node:assert';
import { after, test } from 'node:test';
import { assertAtMostQueries, assertNoNPlusOne, recordQueries } from '@nightjar/agent/test';
import { openLibrary } from './books.mts';

const library = openLibrary(process.env.DATABASE_URL ?? '');
after(() => library.pool.end());

void test('the twin passes', async () => {
  const run = await recordQueries(() => library.joined(), { name: 'joined' });
  assertAtMostQueries(run, 1);
  assertNoNPlusOne(run);
});

void test('the loop fails', async () => {
  const run = await recordQueries(() => library.withAuthors(), { name: 'loop' });
  assert.throws(() => assertNoNPlusOne(run), { code: 'ERR_ASSERTION', message: /N\+1: 8 times/ });
  assert.throws(() => assertAtMostQueries(run, 5), { message: /9 queries, at most 5 allowed/ });
});
