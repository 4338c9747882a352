import type { Pool } from 'pg';

const tables = `
CREATE TABLE IF NOT EXISTS authors (id serial PRIMARY KEY, name text NOT NULL);
CREATE TABLE IF NOT EXISTS products (
  id serial PRIMARY KEY,
  author_id integer NOT NULL REFERENCES authors,
  title text NOT NULL,
  price_cents integer NOT NULL,
  stock integer NOT NULL
);
CREATE TABLE IF NOT EXISTS customers (
  id serial PRIMARY KEY,
  name text NOT NULL,
  email text NOT NULL,
  is_member boolean NOT NULL
);
CREATE TABLE IF NOT EXISTS orders (
  id serial PRIMARY KEY,
  customer_id integer NOT NULL REFERENCES customers,
  status text NOT NULL,
  created_at timestamp NOT NULL DEFAULT now()
);
CREATE TABLE IF NOT EXISTS order_items (
  id serial PRIMARY KEY,
  order_id integer NOT NULL REFERENCES orders,
  product_id integer NOT NULL REFERENCES products,
  quantity integer NOT NULL
);
CREATE TABLE IF NOT EXISTS reviews (
  id serial PRIMARY KEY,
  product_id integer NOT NULL REFERENCES products,
  customer_id integer NOT NULL REFERENCES customers,
  stars integer NOT NULL,
  body text NOT NULL
);
CREATE TABLE IF NOT EXISTS jobs (
  id bigserial PRIMARY KEY,
  queue text NOT NULL,
  payload jsonb NOT NULL,
  traceparent text,
  status text NOT NULL DEFAULT 'waiting',
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS products_author_idx ON products (author_id);
CREATE INDEX IF NOT EXISTS orders_customer_idx ON orders (customer_id);
CREATE INDEX IF NOT EXISTS order_items_order_idx ON order_items (order_id);
CREATE INDEX IF NOT EXISTS order_items_product_idx ON order_items (product_id);
CREATE INDEX IF NOT EXISTS reviews_product_idx ON reviews (product_id);
CREATE INDEX IF NOT EXISTS jobs_waiting_idx ON jobs (queue, id) WHERE status = 'waiting';
`;

// Product 1 carries the 56 reviews that make its page heavy.
const rows = `
INSERT INTO authors (name) SELECT 'Author ' || n FROM generate_series(1, 24) n;
INSERT INTO products (author_id, title, price_cents, stock)
  SELECT 1 + n % 24, 'Book ' || n, 900 + (n * 137) % 4000, 40 + n % 60 FROM generate_series(1, 120) n;
INSERT INTO customers (name, email, is_member)
  SELECT 'Customer ' || n, 'customer' || n || '@example.com', n % 3 = 0 FROM generate_series(1, 80) n;
INSERT INTO orders (customer_id, status, created_at)
  SELECT 1 + (n * 7) % 80, CASE n % 4 WHEN 0 THEN 'open' ELSE 'paid' END, now() - n * interval '3 hours'
  FROM generate_series(1, 300) n;
INSERT INTO order_items (order_id, product_id, quantity)
  SELECT 1 + n % 300, 1 + (n * 11 + n / 300 * 7) % 120, 1 + n % 3 FROM generate_series(0, 7199) n;
INSERT INTO reviews (product_id, customer_id, stars, body)
  SELECT CASE WHEN n <= 56 THEN 1 ELSE 2 + n % 119 END, 1 + n % 80, 1 + n % 5, 'Review ' || n
  FROM generate_series(1, 400) n;
`;

/** Creates and fills the tables once; further starts, and starts at the same time, change nothing. */
export async function prepareDatabase(pool: Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock(4417)');
    await client.query(tables);
    const { rows: found } = await client.query('SELECT id FROM authors LIMIT 1');
    if (found.length === 0) await client.query(rows);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}
