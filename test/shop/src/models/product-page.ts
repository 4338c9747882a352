import type { Pool } from 'pg';
import { showsVerifiedBuyers } from '../config.ts';

interface ReviewRow {
  readonly id: number;
  readonly customer_id: number;
  readonly stars: number;
  readonly body: string;
  readonly customer: string;
}

export interface ProductPageRequest {
  readonly productId: number;
  readonly release: string;
}

export async function loadProductPage(pool: Pool, { productId, release }: ProductPageRequest) {
  const product = await pool.query(
    'SELECT id, author_id, title, price_cents, stock FROM products WHERE id = $1',
    [productId],
  );
  const authorId: unknown = product.rows[0]?.author_id;
  if (authorId === undefined) return undefined;
  const author = await pool.query('SELECT name FROM authors WHERE id = $1', [authorId]);
  const related = await pool.query(
    'SELECT id, title FROM products WHERE author_id = $1 AND id <> $2 ORDER BY id LIMIT 5',
    [authorId, productId],
  );
  const sold = await pool.query(
    'SELECT coalesce(sum(quantity), 0)::int AS sold FROM order_items WHERE product_id = $1',
    [productId],
  );
  const { rows: reviews } = await pool.query<ReviewRow>(
    `SELECT r.id, r.customer_id, r.stars, r.body, c.name AS customer
       FROM reviews r JOIN customers c ON c.id = r.customer_id
      WHERE r.product_id = $1 ORDER BY r.id`,
    [productId],
  );
  return {
    ...product.rows[0],
    author: author.rows[0]?.name,
    related: related.rows,
    sold: sold.rows[0]?.sold,
    reviews: showsVerifiedBuyers(release) ? await markBuyers(pool, { productId, reviews }) : reviews,
  };
}

async function markBuyers(pool: Pool, page: { productId: number; reviews: readonly ReviewRow[] }) {
  const marked = [];
  for (const review of page.reviews) {
    const bought = await pool.query(
      `SELECT count(*)::int AS n FROM orders o JOIN order_items i ON i.order_id = o.id
        WHERE o.customer_id = $1 AND i.product_id = $2`,
      [review.customer_id, page.productId],
    );
    marked.push({ ...review, isVerified: bought.rows[0]?.n > 0 });
  }
  return marked;
}
