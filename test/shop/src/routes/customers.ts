import type { FastifyInstance } from 'fastify';
import type { Services } from '../app.ts';

export function customerRoutes(app: FastifyInstance, { database }: Services): void {
  const { pool } = database;

  app.get('/customers', async () => {
    const { rows } = await pool.query<{ id: number; name: string }>(
      'SELECT id, name FROM customers ORDER BY id LIMIT 20',
    );
    const customers = await Promise.all(
      rows.map(async (customer) => {
        const orders = await pool.query<{ n: number }>(
          'SELECT count(*)::int AS n FROM orders WHERE customer_id = $1',
          [customer.id],
        );
        return { ...customer, orders: orders.rows[0]?.n ?? 0 };
      }),
    );
    return { customers };
  });

  app.get('/coupons/:code', async () => {
    await pool.query('SELECT id FROM customers WHERE is_member ORDER BY id LIMIT 1');
    throw new Error('coupon service is not configured');
  });
}
