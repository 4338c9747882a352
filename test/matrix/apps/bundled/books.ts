import { eq } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { integer, pgTable, text } from 'drizzle-orm/pg-core';
import { Pool } from 'pg';

interface Book {
  readonly title: string;
  readonly author: string;
}

const authors = pgTable('authors', { id: integer('id').primaryKey(), name: text('name').notNull() });
const pool = new Pool({ connectionString: process.env['DATABASE_URL'], max: 4 });
const db = drizzle(pool);

/** Types and comments of this file are not in the bundle: its lines are right only through the source map. */
export async function findBooks(): Promise<readonly Book[]> {
  const { rows } = await pool.query<{ title: string; author_id: number }>(
    'SELECT id, title, author_id FROM books ORDER BY id',
  );
  const books: Book[] = [];
  for (const { title, author_id: id } of rows) {
    const found = await pool.query<{ name: string }>('SELECT name FROM authors WHERE id = $1', [id]); // n+1: /books
    books.push({ title, author: found.rows[0]?.name ?? '' });
  }
  return books;
}

export async function findBooksJoined(): Promise<readonly Book[]> {
  const { rows } = await pool.query<Book>(
    'SELECT b.title, a.name AS author FROM books b JOIN authors a ON a.id = b.author_id ORDER BY b.id',
  );
  return rows;
}

export async function findBooksWithDrizzle(): Promise<readonly string[]> {
  const { rows } = await pool.query<{ author_id: number }>('SELECT author_id FROM books ORDER BY id');
  const names: string[] = [];
  for (const { author_id: id } of rows) {
    const [author] = await db.select().from(authors).where(eq(authors.id, id)); // n+1: /books/drizzle
    names.push(author?.name ?? '');
  }
  return names;
}

export async function closeDatabase(): Promise<void> {
  await pool.end();
}
