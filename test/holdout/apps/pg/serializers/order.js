import { pool } from '../pool.js';

const ITEMS = `
  SELECT i.id, i.quantity, b.title
    FROM order_items i
    JOIN books b ON b.id = i.book_id
   WHERE i.order_id = $1`;

export async function serializeOrder(order) {
  const items = await pool.query(ITEMS, [order.id]); // n+1: /orders/full order_items.order_id
  return { ...order, items: items.rows };
}
