import { pool } from './pool.js';

export async function sendReminders() {
  const { rows } = await pool.query('SELECT id, customer_id FROM orders ORDER BY id');
  for (const order of rows) {
    const customer = await pool.query('SELECT name FROM customers WHERE id = $1', [order.customer_id]); // n+1: /remind customers.id
    await pool.query('INSERT INTO audit_log (what) VALUES ($1)', [`reminded ${customer.rows[0].name}`]); // n+1: /remind audit_log
  }
}

export async function sendRemindersAtOnce() {
  await pool.query(
    "INSERT INTO audit_log (what) SELECT 'reminded ' || c.name FROM orders o JOIN customers c ON c.id = o.customer_id",
  );
}
