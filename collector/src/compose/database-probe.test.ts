import { expect, it } from 'vitest';
import { createDatabaseProbe, probeEveryMs, probePatienceMs } from './database-probe.ts';

it('asks once at a time, again when the answer is old, and believes it', async () => {
  let nowMs = 0;
  let asked = 0;
  let answer: (isUp: boolean) => void = () => undefined;
  const ping = async () => {
    asked += 1;
    return await new Promise<boolean>((resolve) => {
      answer = resolve;
    });
  };
  const probe = createDatabaseProbe(ping, () => nowMs);
  expect([probe.isReachable(), probe.isReachable(), asked]).toEqual([true, true, 1]);
  answer(false);
  await expect.poll(() => probe.isReachable()).toBe(false);
  expect(asked).toBe(1);
  nowMs += probeEveryMs;
  probe.isReachable();
  answer(true);
  await expect.poll(() => probe.isReachable()).toBe(true);
  expect(asked).toBe(2);
  nowMs += probeEveryMs;
  expect(probe.isReachable()).toBe(true);
  nowMs += probePatienceMs;
  expect(probe.isReachable()).toBe(false);
});

it('takes an error for no', async () => {
  const probe = createDatabaseProbe(
    async () => {
      throw new Error('gone');
    },
    () => 0,
  );
  probe.isReachable();
  await expect.poll(() => probe.isReachable()).toBe(false);
});
