import { eq } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { authors } from '../schema.ts';

export async function listAuthors(database: Database) {
  return await database.orm.select().from(authors).orderBy(authors.id).limit(20);
}

/** The books of one author. Looks like a property at the place of use, is a query. */
export async function booksOf(database: Database, authorId: number) {
  const author = await database.orm.query.authors.findFirst({
    where: eq(authors.id, authorId),
    with: { products: true },
  });
  return author?.products ?? [];
}

export async function listAuthorsWithBooks(database: Database) {
  return await database.orm.query.authors.findMany({
    limit: 20,
    orderBy: authors.id,
    with: { products: true },
  });
}
