import { expect, it } from 'vitest';
import { storeContract } from '../store-contract.ts';
import { createMemoryStore, emptyData } from './memory-store.ts';

it.each(storeContract)('$name', async ({ run }) => {
  const data = emptyData();
  const opened = { store: createMemoryStore(data), reopen: async () => createMemoryStore(data) };
  await expect(run(opened)).resolves.toBeUndefined();
});
