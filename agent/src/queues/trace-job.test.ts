import { expect, it } from 'vitest';
import { traceJob } from './trace-job.ts';

it('without the agent runs the job and hands on what becomes of it', async () => {
  expect(await traceJob('q', {}, () => 7)).toBe(7);
  await expect(
    traceJob('q', { carrier: { traceparent: 7 }, sentAtMs: Number.NaN }, () => {
      throw new Error('the job failed');
    }),
  ).rejects.toThrow('the job failed');
});
