import { pool } from './pool.js';

const items = Array.from({ length: 24 }, (_, index) => ({ bookId: index + 1, quantity: 1 + (index % 3) }));

/** One row at a time, and all at once. */
export function registerWrites(app) {
  app.post('/stock', async (_request, response) => {
    for (const { bookId, quantity } of items) {
      await pool.query('UPDATE books SET stock = stock - $1 WHERE id = $2', [quantity, bookId]); // n+1: /stock books
    }
    response.json({});
  });

  app.post('/stock/batched', async (_request, response) => {
    await pool.query(
      `UPDATE books SET stock = stock - i.quantity
         FROM unnest($1::int[], $2::int[]) AS i (book_id, quantity) WHERE books.id = i.book_id`,
      [items.map(({ bookId }) => bookId), items.map(({ quantity }) => quantity)],
    );
    response.json({});
  });

  app.post('/checkout', async (_request, response) => {
    const client = await pool.connect();
    try {
      await client.query('BEGIN');
      const { rows } = await client.query('INSERT INTO orders (customer_id) VALUES ($1) RETURNING id', [1]);
      for (const { bookId, quantity } of items) {
        await client.query('INSERT INTO order_items (order_id, book_id, quantity) VALUES ($1, $2, $3)', [rows[0].id, bookId, quantity]); // n+1: /checkout order_items
      }
      await client.query('COMMIT');
    } finally {
      client.release();
    }
    response.json({});
  });

  app.post('/checkout/batched', async (_request, response) => {
    const { rows } = await pool.query('INSERT INTO orders (customer_id) VALUES ($1) RETURNING id', [1]);
    const values = items.map((_, at) => `($1, $${at * 2 + 2}, $${at * 2 + 3})`).join(', ');
    await pool.query(`INSERT INTO order_items (order_id, book_id, quantity) VALUES ${values}`, [
      rows[0].id,
      ...items.flatMap(({ bookId, quantity }) => [bookId, quantity]),
    ]);
    response.json({});
  });
}

/** Upserts and transactions. */
export function registerUpserts(app) {
  app.post('/prices', async (_request, response) => {
    await Promise.all(
      items.map(({ bookId }) =>
        pool.query('INSERT INTO prices (book_id, cents) VALUES ($1, $2) ON CONFLICT (book_id) DO UPDATE SET cents = EXCLUDED.cents', [bookId, bookId * 100]), // n+1: /prices prices
      ),
    );
    response.json({});
  });

  app.post('/prices/batched', async (_request, response) => {
    await pool.query(
      `INSERT INTO prices (book_id, cents) SELECT * FROM unnest($1::int[], $2::int[])
         ON CONFLICT (book_id) DO UPDATE SET cents = EXCLUDED.cents`,
      [items.map(({ bookId }) => bookId), items.map(({ bookId }) => bookId * 90)],
    );
    response.json({});
  });

  app.post('/restock', async (_request, response) => {
    for (const { bookId } of items.slice(0, 8)) {
      const client = await pool.connect();
      await client.query('BEGIN');
      await client.query('UPDATE books SET stock = stock + 10 WHERE id = $1', [bookId]); // n+1: /restock books
      await client.query('COMMIT');
      client.release();
    }
    response.json({});
  });

  app.post('/import', async (_request, response) => {
    const lines = Array.from({ length: 600 }, (_, index) => `line ${index}`);
    for (let at = 0; at < lines.length; at += 100) {
      const chunk = lines.slice(at, at + 100);
      const values = chunk.map((_, index) => `($${index + 1})`).join(', ');
      await pool.query(`INSERT INTO audit_log (what) VALUES ${values}`, chunk);
    }
    response.json({});
  });
}

/** Pages, cursors and chunks. */
export function registerExports(app) {
  app.get('/export/offset', async (_request, response) => {
    const all = [];
    for (let page = 0; page < 12; page++) {
      const { rows } = await pool.query('SELECT id, title FROM books ORDER BY id LIMIT $1 OFFSET $2', [10, page * 10]);
      all.push(...rows);
    }
    response.json(all);
  });

  app.get('/export/keyset', async (_request, response) => {
    const all = [];
    for (let last = 0; ;) {
      const { rows } = await pool.query('SELECT id, title FROM books WHERE id > $1 ORDER BY id LIMIT 10', [last]);
      if (rows.length === 0) break;
      all.push(...rows);
      last = rows.at(-1).id;
    }
    response.json(all);
  });

  app.get('/export/cursor', async (_request, response) => {
    const client = await pool.connect();
    const all = [];
    await client.query('BEGIN');
    await client.query('DECLARE c CURSOR FOR SELECT id, title FROM books');
    for (;;) {
      const { rows } = await client.query('FETCH 10 FROM c');
      if (rows.length === 0) break;
      all.push(...rows);
    }
    await client.query('COMMIT');
    client.release();
    response.json(all);
  });

  app.get('/export/chunks', async (_request, response) => {
    const ids = Array.from({ length: 120 }, (_, index) => index + 1);
    const all = [];
    for (let at = 0; at < ids.length; at += 20) {
      const { rows } = await pool.query('SELECT id, stars FROM reviews WHERE book_id = ANY($1)', [ids.slice(at, at + 20)]);
      all.push(...rows);
    }
    response.json(all);
  });
}
