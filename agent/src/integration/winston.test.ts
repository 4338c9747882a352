import { expect, it, vi } from 'vitest';
import { startReceiver } from './otlp-receiver.ts';
import { startApp } from './run-app.ts';

it('winston lines are shipped as logs with their trace', async () => {
  const receiver = await startReceiver();
  const app = await startApp('winston.mjs', {
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_BLRP_SCHEDULE_DELAY: '50' },
  });
  await (await fetch(app.url)).text();
  const line = await vi.waitFor(
    () => {
      const found = receiver.logs.find(({ body }) => body === 'item asked for');
      if (found === undefined) throw new Error('no log record yet');
      return found;
    },
    { timeout: 12_000, interval: 20 },
  );
  await app.end();
  await receiver.close();
  expect(line.traceId).toBe(receiver.spans.find(({ kind }) => kind === 2)?.traceId);
});
