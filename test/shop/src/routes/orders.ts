import DataLoader from 'dataloader';
import type { FastifyInstance } from 'fastify';
import type { Pool } from 'pg';
import type { Services } from '../app.ts';

interface OrderRow {
  readonly id: number;
  readonly customer_id: number;
  readonly status: string;
}
interface CustomerRow {
  readonly id: number;
  readonly name: string;
}

async function latestOrders(pool: Pool): Promise<OrderRow[]> {
  const { rows } = await pool.query<OrderRow>(
    'SELECT id, customer_id, status FROM orders ORDER BY created_at DESC LIMIT 25',
  );
  return rows;
}

export function orderRoutes(app: FastifyInstance, { database, mails }: Services): void {
  const { pool } = database;

  app.get('/orders', async () => {
    const orders = [];
    for (const order of await latestOrders(pool)) {
      const { rows } = await pool.query<CustomerRow>('SELECT id, name FROM customers WHERE id = $1', [
        order.customer_id,
      ]);
      orders.push({ ...order, customer: rows[0]?.name });
    }
    return { orders };
  });

  app.get('/orders/batched', async () => {
    const customers = new DataLoader<number, string | undefined>(async (ids) => {
      const { rows } = await pool.query<CustomerRow>('SELECT id, name FROM customers WHERE id = ANY($1)', [
        ids,
      ]);
      const names = new Map(rows.map((row) => [row.id, row.name]));
      return ids.map((id) => names.get(id));
    });
    const orders = await latestOrders(pool);
    return {
      orders: await Promise.all(
        orders.map(async (order) => ({ ...order, customer: await customers.load(order.customer_id) })),
      ),
    };
  });

  app.get('/orders/in-query', async () => {
    const orders = await latestOrders(pool);
    const ids = [...new Set(orders.map((order) => order.customer_id))];
    const holders = ids.map((_, index) => `$${index + 1}`).join(', ');
    const { rows } = await pool.query<CustomerRow>(
      `SELECT id, name FROM customers WHERE id IN (${holders})`,
      ids,
    );
    const names = new Map(rows.map((row) => [row.id, row.name]));
    return { orders: orders.map((order) => ({ ...order, customer: names.get(order.customer_id) })) };
  });

  app.post<{ Params: { id: string } }>('/orders/:id/receipt', async (request, reply) => {
    const orderId = Number(request.params.id);
    const { rows } = await pool.query('SELECT id FROM orders WHERE id = $1', [orderId]);
    if (rows.length === 0) return await reply.code(404).send({ error: 'no such order' });
    await mails.add({ kind: 'receipt', orderId });
    return await reply.code(202).send({ queued: true });
  });
}
