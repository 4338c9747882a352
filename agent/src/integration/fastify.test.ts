import { expect, it } from 'vitest';
import { startReceiver } from './otlp-receiver.ts';
import { startApp } from './run-app.ts';

it('names the span of a request by its route, adds what a handler threw, and makes no span of its own', async () => {
  const receiver = await startReceiver();
  const app = await startApp('fastify.mjs', { env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url } });
  for (const path of ['/orders/7', '/shop/broken/8', '/nowhere'])
    await (await fetch(`${app.url}${path}`)).text();
  await app.end();
  await receiver.close();
  const seen = receiver.spans.map(({ name, statusCode, attributes, events }) => ({
    name,
    isError: statusCode === 2,
    route: attributes['http.route'],
    thrown: events.map((event) => event.attributes['exception.message']),
  }));
  expect(seen).toEqual([
    { name: 'GET /orders/:id', isError: false, route: '/orders/:id', thrown: [] },
    { name: 'GET /shop/broken/:id', isError: true, route: '/shop/broken/:id', thrown: ['out of stock'] },
    { name: 'GET', isError: false, route: undefined, thrown: [] },
  ]);
});
