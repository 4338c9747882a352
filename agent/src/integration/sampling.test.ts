import { expect, it } from 'vitest';
import { startReceiver } from './otlp-receiver.ts';
import { startApp } from './run-app.ts';

it('exports what matters of what the sampler left out, and counts the rest', async () => {
  const receiver = await startReceiver();
  const app = await startApp('named.mjs', {
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_TRACES_SAMPLER: 'always_off' },
  });
  const carriers: unknown = await (await fetch(`${app.url}/products/7/stock`)).json();
  await app.end();
  await receiver.close();
  const entries = receiver.spans.filter(({ kind }) => kind === 2);
  expect(entries.map(({ name }) => name)).toEqual(['GET /products/:id/stock']);
  expect(receiver.spans.filter(({ kind }) => kind === 3)).toHaveLength(6);
  expect(new Set(receiver.spans.map(({ traceId }) => traceId)).size).toBe(1);
  expect(entries[0]?.attributes).toMatchObject({ 'nightjar.finding.count': 1 });
  // The decision at the start is what callees are told.
  expect(String(carriers)).toMatch(/^00-\w{32}-\w{16}-00,/);
  const requests = receiver.points.filter(({ metric }) => metric === 'nightjar.agent.requests');
  const last = new Map(requests.map(({ attributes, value }) => [attributes['outcome'], value]));
  expect(last).toEqual(
    new Map([
      ['finding', 1],
      ['unsampled', 6],
    ]),
  );
});
