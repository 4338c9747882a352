import { expect, it } from 'vitest';
import { startReceiver } from './otlp-receiver.ts';
import { startApp } from './run-app.ts';

const spans = await spansOfApp();

it('names the span of a request by its route, adds what a handler threw, and makes no span of its own', () => {
  expect(spans.slice(0, 5)).toEqual([
    { name: 'GET /orders/:id', status: 200, isError: false, route: '/orders/:id', thrown: [] },
    {
      name: 'GET /shop/broken/:id',
      status: 503,
      isError: true,
      route: '/shop/broken/:id',
      thrown: ['out of stock'],
    },
    {
      name: 'GET /shop/refused/:id',
      status: 503,
      isError: true,
      route: '/shop/refused/:id',
      thrown: ['no stock'],
    },
    // Answered by a hook, before the handler.
    { name: 'GET /members/:id', status: 401, isError: false, route: '/members/:id', thrown: [] },
    { name: 'GET', status: 404, isError: false, route: undefined, thrown: [] },
  ]);
});

it('gives an injected request a span, also where no handler was reached', () => {
  const [work, ...injected] = spans.slice(5);
  expect(work).toMatchObject({ name: 'work', parent: 'GET /inside/:id' });
  expect(injected).toEqual([
    { name: 'GET /inside/:id', status: 200, isError: false, route: '/inside/:id', thrown: [] },
    { name: 'GET /members/:id', status: 401, isError: false, route: '/members/:id', thrown: [] },
    { name: 'GET', status: 404, isError: false, route: undefined, thrown: [] },
  ]);
});

async function spansOfApp(): Promise<readonly Seen[]> {
  const receiver = await startReceiver();
  const app = await startApp('fastify.mjs', { env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url } });
  for (const path of ['/orders/7', '/shop/broken/8', '/shop/refused/9', '/members/3', '/nowhere'])
    await (await fetch(`${app.url}${path}`)).text();
  await app.end();
  await receiver.close();
  return receiver.spans.map(({ name, statusCode, attributes, events, parentSpanId }) => {
    const parent = receiver.spans.find(({ spanId }) => spanId === parentSpanId)?.name;
    return {
      name,
      status: attributes['http.response.status_code'],
      isError: statusCode === 2,
      route: attributes['http.route'],
      thrown: events.map((event) => event.attributes['exception.message']),
      ...(parent === undefined ? {} : { parent }),
    };
  });
}

interface Seen {
  readonly name: string;
  readonly status: unknown;
  readonly isError: boolean;
  readonly route: unknown;
  readonly thrown: readonly unknown[];
  readonly parent?: string;
}
