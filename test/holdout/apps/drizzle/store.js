import { count, eq } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import * as schema from './schema.js';

export const db = drizzle(process.env.DATABASE_URL, { schema });

export async function reviewsOf(bookId) {
  const [row] = await db.select({ n: count() }).from(schema.reviews).where(eq(schema.reviews.bookId, bookId)); // n+1: /reviews/counts reviews.book_id
  return row.n;
}
