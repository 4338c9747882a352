import type { FastifyInstance } from 'fastify';
import type { Services } from '../app.ts';
import { booksOf, listAuthors, listAuthorsWithBooks } from '../models/author.ts';
import { loadProductPage } from '../models/product-page.ts';

export function catalogRoutes(app: FastifyInstance, { database, inventory, release }: Services): void {
  const { pool } = database;

  app.get('/products', async () => {
    const { rows } = await pool.query(
      `SELECT p.id, p.title, p.price_cents, a.name AS author, avg(r.stars)::float AS stars
         FROM products p
         JOIN authors a ON a.id = p.author_id
         LEFT JOIN reviews r ON r.product_id = p.id
        GROUP BY p.id, a.name
        ORDER BY p.id
        LIMIT 50`,
    );
    return { products: rows };
  });

  app.get<{ Params: { id: string } }>('/products/:id', async (request, reply) => {
    const page = await loadProductPage(pool, { productId: Number(request.params.id), release });
    if (page === undefined) return await reply.code(404).send({ error: 'no such product' });
    return page;
  });

  app.get('/authors', async () => {
    const authors = await listAuthors(database);
    const shelves = [];
    for (const author of authors) {
      shelves.push({ author: author.name, books: await booksOf(database, author.id) });
    }
    return { shelves };
  });

  app.get('/authors/with-books', async () => ({ shelves: await listAuthorsWithBooks(database) }));

  app.get('/availability', async () => {
    const { rows } = await pool.query<{ id: number }>('SELECT id FROM products ORDER BY id LIMIT 15');
    const available = [];
    for (const product of rows) {
      available.push(await inventory.stockOf(product.id));
    }
    return { available };
  });

  app.get('/availability/batched', async () => {
    const { rows } = await pool.query<{ id: number }>('SELECT id FROM products ORDER BY id LIMIT 15');
    return { available: await inventory.stockOfMany(rows.map((row) => row.id)) };
  });
}
