import { expect, it } from 'vitest';
import { createLane } from './lane.ts';

function task(): { readonly run: (session: string) => Promise<string>; readonly end: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return {
    async run(session) {
      await promise;
      return session;
    },
    end: resolve,
  };
}

const quick = async (session: string): Promise<string> => await Promise.resolve(session);

it('runs as many at once as there are sessions, the rest in turn', async () => {
  const lane = createLane(['a', 'b'], { name: 'test', waitersMax: 10, waitMs: 60_000 });
  const first = task();
  const second = task();
  const running = [lane.run(first.run), lane.run(second.run)];
  const order: string[] = [];
  const waiting = ['third', 'fourth'].map(
    async (name) =>
      await lane.run(async (session) => await Promise.resolve(order.push(`${name} on ${session}`))),
  );
  second.end();
  await Promise.all(waiting);
  expect(order).toEqual(['third on a', 'fourth on a']);
  first.end();
  expect(await Promise.all(running)).toEqual(['b', 'a']);
});

it('refuses when too many wait', async () => {
  const lane = createLane(['a'], { name: 'test', waitersMax: 1, waitMs: 60_000 });
  const long = task();
  const running = lane.run(long.run);
  const waiting = lane.run(quick);
  await expect(lane.run(quick)).rejects.toMatchObject({ kind: 'busy' });
  long.end();
  expect(await Promise.all([running, waiting])).toEqual(['a', 'a']);
});

it('refuses who waited too long, and goes on', async () => {
  const lane = createLane(['a'], { name: 'test', waitersMax: 5, waitMs: 5 });
  const long = task();
  const running = lane.run(long.run);
  await expect(lane.run(quick)).rejects.toMatchObject({ kind: 'busy' });
  long.end();
  await running;
  expect(await lane.run(quick)).toBe('a');
});

it('gives the session back when a task fails', async () => {
  const lane = createLane(['a'], { name: 'test', waitersMax: 5, waitMs: 60_000 });
  await expect(lane.run(async () => await Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await lane.run(quick)).toBe('a');
});

it('closes when all is done, and takes nothing more', async () => {
  const lane = createLane(['a'], { name: 'test', waitersMax: 5, waitMs: 60_000 });
  const long = task();
  const running = lane.run(long.run);
  let isClosed = false;
  const closing = lane.close().then(() => {
    isClosed = true;
  });
  await expect(lane.run(quick)).rejects.toMatchObject({ kind: 'unavailable' });
  expect(isClosed).toBe(false);
  long.end();
  await Promise.all([running, closing]);
  expect(isClosed).toBe(true);
});
