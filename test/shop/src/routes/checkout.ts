import type { FastifyInstance } from 'fastify';
import type { Services } from '../app.ts';

interface Basket {
  readonly customerId: number;
  readonly productIds: readonly number[];
}

const basketSchema = {
  type: 'object',
  required: ['customerId', 'productIds'],
  properties: {
    customerId: { type: 'integer', minimum: 1 },
    productIds: { type: 'array', minItems: 1, maxItems: 20, items: { type: 'integer', minimum: 1 } },
  },
};

export function checkoutRoutes(app: FastifyInstance, services: Services): void {
  app.post<{ Body: Basket }>('/checkout', { schema: { body: basketSchema } }, async (request, reply) => {
    const stock = await services.inventory.stockOfMany(request.body.productIds);
    if (stock.some((entry) => entry.available < 1)) {
      return await reply.code(409).send({ error: 'sold out' });
    }
    const orderId = await placeOrder(services, request.body);
    await services.mails.add({ kind: 'receipt', orderId });
    request.log.info({ orderId, items: request.body.productIds.length }, 'order placed');
    return await reply.code(201).send({ orderId });
  });
}

async function placeOrder({ database }: Services, basket: Basket): Promise<number> {
  const client = await database.pool.connect();
  try {
    await client.query('BEGIN');
    const order = await client.query<{ id: number }>(
      "INSERT INTO orders (customer_id, status) VALUES ($1, 'paid') RETURNING id",
      [basket.customerId],
    );
    const orderId = order.rows[0]?.id ?? 0;
    await client.query(
      `INSERT INTO order_items (order_id, product_id, quantity)
       SELECT $1, product_id, 1 FROM unnest($2::int[]) AS product_id`,
      [orderId, basket.productIds],
    );
    await client.query('COMMIT');
    return orderId;
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}
