import { setTimeout as delay } from 'node:timers/promises';
import Fastify from 'fastify';

const lookupMs = 2;
const app = Fastify({ logger: { name: 'inventory', level: process.env['LOG_LEVEL'] ?? 'info' } });

function stockOf(productId: number) {
  return { productId, available: 5 + ((productId * 13) % 40) };
}

app.get<{ Params: { id: string } }>('/stock/:id', { logLevel: 'warn' }, async (request) => {
  await delay(lookupMs);
  return stockOf(Number(request.params.id));
});

app.get<{ Querystring: { ids?: string } }>('/stock', { logLevel: 'warn' }, async (request) => {
  await delay(lookupMs);
  return (request.query.ids ?? '').split(',').filter(Boolean).map(Number).map(stockOf);
});

const address = await app.listen({
  host: process.env['INVENTORY_HOST'] ?? '127.0.0.1',
  port: Number(process.env['PORT'] ?? 3001),
});
app.log.info({ address }, 'inventory ready');
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void app.close());
