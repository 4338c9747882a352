import { pino } from 'pino';
import { expect, it } from 'vitest';
import { createEngine } from './engine.ts';
import type { MetricSource } from './ports.ts';
import { worldRule, worldStartMs } from './test-support/delivery-world.ts';
import { createMemoryStore, emptyData } from './test-support/memory-store.ts';

it('what fired and began to recover while nobody evaluated is told of, and so is its end', async () => {
  const badFromMs = worldStartMs + 60_000;
  const source: MetricSource = {
    read: async ({ toMs }) => {
      const value = toMs > badFromMs && toMs <= badFromMs + 20_000 ? 99 : 1;
      const groups = [{ labels: { service: 'a' }, value, samples: 100 }];
      return await Promise.resolve({ groups, watermarkMs: toMs });
    },
  };
  const store = createMemoryStore(emptyData());
  const log = pino({ level: 'silent' });
  const engine = createEngine({ source, store, channels: ['hook'], baseUrl: 'http://127.0.0.1', log });
  const schedule = { every: '20s', delay: '0s', window: '20s' };
  engine.apply({ rules: [worldRule('cpu', { schedule, keepFiringFor: '5m' })], isComplete: true });
  await engine.tick(worldStartMs + 20_000);
  // Three ticks at once: well, broken, well again.
  await engine.tick(badFromMs + 50_000);
  const said = async () =>
    (await store.listDeliveries({ rowsMax: 10 })).map(({ notification }) => notification.transition);
  expect((await store.listAlerts({ rowsMax: 1 }))[0]?.state).toBe('recovering');
  expect(await said()).toEqual(['trigger']);
  await engine.tick(badFromMs + 400_000);
  expect(await said()).toEqual(['resolve', 'trigger']);
});
