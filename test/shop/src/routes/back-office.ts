import type { FastifyInstance } from 'fastify';
import type { Services } from '../app.ts';

export function backOfficeRoutes(app: FastifyInstance, { database }: Services): void {
  const { pool } = database;

  app.post('/stock/recount', async () => {
    const { rows } = await pool.query<{ id: number; stock: number }>(
      'SELECT id, stock FROM products ORDER BY id LIMIT 30',
    );
    for (const product of rows) {
      await pool.query('UPDATE products SET stock = $1 WHERE id = $2', [
        40 + ((product.stock + 7) % 60),
        product.id,
      ]);
    }
    return { recounted: rows.length };
  });

  app.get('/reports/revenue', async () => {
    const { rows } = await pool.query(
      `SELECT date_trunc('day', o.created_at) AS day, sum(i.quantity * p.price_cents)::bigint AS cents,
              (SELECT pg_sleep(0.6)) IS NULL AS is_partial
         FROM orders o
         JOIN order_items i ON i.order_id = o.id
         JOIN products p ON p.id = i.product_id
        GROUP BY 1 ORDER BY 1`,
    );
    return { days: rows };
  });
}
