import { Client } from 'pg';

/** What the app's five queries read. */
export async function seed(url: string, products: number): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('CREATE TABLE categories (id int PRIMARY KEY, name text NOT NULL)');
    await client.query(
      'CREATE TABLE products (id int PRIMARY KEY, name text NOT NULL, category_id int NOT NULL)',
    );
    await client.query(`CREATE TABLE stock (
  product_id int,
  warehouse_id int,
  quantity int NOT NULL,
  PRIMARY KEY (product_id, warehouse_id)
)`);
    await client.query(`INSERT INTO categories SELECT n, 'Category ' || n FROM generate_series(1, 20) n`);
    await client.query(
      `INSERT INTO products SELECT n, 'Product ' || n, n % 20 + 1 FROM generate_series(1, $1::int) n`,
      [products],
    );
    await client.query(
      'INSERT INTO stock SELECT p, w, (p * w) % 90 FROM generate_series(1, $1::int) p, generate_series(1, 3) w',
      [products],
    );
    await client.query('ANALYZE');
  } finally {
    await client.end();
  }
}
