import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import type { Database } from './database.ts';
import type { InventoryClient } from './inventory-client.ts';
import type { Logger } from './log.ts';
import type { MailQueue } from './mail-queue.ts';
import { backOfficeRoutes } from './routes/back-office.ts';
import { catalogRoutes } from './routes/catalog.ts';
import { checkoutRoutes } from './routes/checkout.ts';
import { customerRoutes } from './routes/customers.ts';
import { orderRoutes } from './routes/orders.ts';

export interface Services {
  readonly database: Database;
  readonly inventory: InventoryClient;
  readonly mails: MailQueue;
  readonly release: string;
  readonly log: Logger;
}

export function buildApp(services: Services): FastifyInstance {
  const loggerInstance: FastifyBaseLogger = services.log;
  const logController = new LogController({ disableRequestLogging: true });
  const app = Fastify({ loggerInstance, logController });
  app.setErrorHandler(async (error, request, reply) => {
    const status = statusOf(error);
    if (status >= 500) request.log.error({ err: error, url: request.url }, 'request failed');
    return await reply.code(status).send({ error: status >= 500 ? 'internal error' : String(error) });
  });
  app.get('/health', () => ({ ok: true, release: services.release }));
  catalogRoutes(app, services);
  orderRoutes(app, services);
  customerRoutes(app, services);
  checkoutRoutes(app, services);
  backOfficeRoutes(app, services);
  return app;
}

function statusOf(error: unknown): number {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return 500;
  return typeof error.statusCode === 'number' ? error.statusCode : 500;
}
