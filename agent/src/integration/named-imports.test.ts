import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { FINDING_JSON } from '../attributes.ts';
import { startReceiver } from './otlp-receiver.ts';
import { startApp } from './run-app.ts';

it('named imports of built-ins and Express as an ES module are traced, with route and call site', async () => {
  const receiver = await startReceiver();
  const app = await startApp('named.mjs', { env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url } });
  const carriers: unknown = await (await fetch(`${app.url}/products/7/stock`)).json();
  await app.end();
  await receiver.close();
  const entry = receiver.spans.find(({ name }) => name === 'GET /products/:id/stock');
  expect(entry).toMatchObject({
    kind: 2,
    parentSpanId: '',
    attributes: { 'http.route': '/products/:id/stock' },
  });
  const calls = receiver.spans.filter(({ kind }) => kind === 3);
  expect(calls).toHaveLength(6);
  expect(carriers).toEqual(calls.map(({ traceId, spanId }) => `00-${traceId}-${spanId}-01`));
  const source = readFileSync(new URL('../../test-apps/named.mjs', import.meta.url), 'utf8');
  const line = source.slice(0, source.indexOf('// node:http\n')).split('\n').length;
  expect(JSON.parse(String(entry?.events[0]?.attributes[FINDING_JSON]))).toMatchObject({
    kind: 'n_plus_one',
    count: 6,
    callSite: { file: 'named.mjs', line },
  });
});
