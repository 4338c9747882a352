import '../end.js';
import { count, eq, inArray } from 'drizzle-orm';
import Fastify from 'fastify';
import { auditLog, authors, books, reviews } from './schema.js';
import { db, reviewsOf } from './store.js';

const app = Fastify();
const firstBooks = () => db.select().from(books).orderBy(books.id).limit(12);

app.get('/books', async () => {
  const list = await firstBooks();
  const out = [];
  for (const book of list) {
    const [author] = await db.select().from(authors).where(eq(authors.id, book.authorId)); // n+1: /books authors.id
    out.push({ ...book, author });
  }
  return out;
});

app.get('/books/with', async () => db.query.books.findMany({ limit: 12, with: { author: true, reviews: true } }));

app.get('/books/in-array', async () => {
  const list = await firstBooks();
  return await db.select().from(authors).where(inArray(authors.id, list.map((book) => book.authorId)));
});

app.get('/books/find-first', async () => {
  const list = await firstBooks();
  return await Promise.all(
    list.map((book) => db.query.authors.findFirst({ where: eq(authors.id, book.authorId) })), // n+1: /books/find-first authors.id
  );
});

app.get('/reviews/counts', async () => {
  const out = {};
  for (const book of await firstBooks()) out[book.id] = await reviewsOf(book.id);
  return out;
});

app.get('/reviews/counts/grouped', async () =>
  db.select({ book: reviews.bookId, n: count() }).from(reviews).groupBy(reviews.bookId),
);

app.get('/books/relation', async () => {
  const list = await firstBooks();
  const out = [];
  for (const book of list) {
    const found = await db.query.reviews.findMany({ // n+1: /books/relation reviews.book_id
      where: eq(reviews.bookId, book.id),
    });
    out.push(found);
  }
  return out;
});

app.post('/log', async () => {
  await db.transaction(async (tx) => {
    for (let id = 1; id <= 10; id++) {
      await tx.insert(auditLog).values({ what: 'opened', bookId: id }); // n+1: /log audit_log
    }
  });
  return {};
});

app.post('/log/batched', async () => {
  await db.insert(auditLog).values(Array.from({ length: 10 }, (_, index) => ({ what: 'opened', bookId: index })));
  return {};
});

app.post('/stock', async () => {
  for (const book of await firstBooks()) {
    await db.update(books).set({ stock: book.stock + 1 }).where(eq(books.id, book.id)); // n+1: /stock books
  }
  return {};
});

app.post('/stock/batched', async () => {
  await db.update(books).set({ stock: 3 }).where(inArray(books.id, [1, 2, 3, 4, 5, 6, 7]));
  return {};
});

app.get('/pages', async () => {
  const all = [];
  for (let page = 0; page < 8; page++) all.push(...(await db.select().from(reviews).orderBy(reviews.id).limit(20).offset(page * 20)));
  return all;
});

app.listen({ port: 0, host: '127.0.0.1' }).then((url) => console.log(`ready ${url}`));
