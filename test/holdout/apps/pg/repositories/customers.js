import { pool } from '../pool.js';

export class CustomerRepository {
  async byId(id) {
    const { rows } = await pool.query('SELECT id, name FROM customers WHERE id = $1', [id]); // n+1: /invoices customers.id
    return rows[0];
  }

  async byIds(ids) {
    const { rows } = await pool.query('SELECT id, name FROM customers WHERE id = ANY($1)', [ids]);
    return new Map(rows.map((row) => [row.id, row]));
  }

  async byToken(token) {
    const { rows } = await pool.query('SELECT id, name FROM customers WHERE token = $1', [token]);
    return rows[0];
  }
}
