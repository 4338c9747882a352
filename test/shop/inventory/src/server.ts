import { setTimeout as delay } from 'node:timers/promises';
import Fastify, { LogController, type FastifyInstance } from 'fastify';

const lookupMs = 2;

function stockOf(productId: number) {
  return { productId, available: 5 + ((productId * 13) % 40) };
}

function stockRoutes(app: FastifyInstance): void {
  app.get<{ Params: { id: string } }>('/stock/:id', async (request) => {
    await delay(lookupMs);
    return stockOf(Number(request.params.id));
  });

  app.get<{ Querystring: { ids?: string } }>('/stock', async (request) => {
    await delay(lookupMs);
    return (request.query.ids ?? '').split(',').filter(Boolean).map(Number).map(stockOf);
  });
}

const logger = { name: 'inventory', level: process.env['LOG_LEVEL'] ?? 'info' };
const app = Fastify({ logger, logController: new LogController({ disableRequestLogging: true }) });
stockRoutes(app);
const address = await app.listen({
  host: process.env['INVENTORY_HOST'] ?? '127.0.0.1',
  port: Number(process.env['PORT'] ?? 3001),
});
app.log.info({ address }, 'inventory ready');
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void app.close());
