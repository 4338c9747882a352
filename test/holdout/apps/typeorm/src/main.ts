import { linesOf } from './author-page.js';
import { AuditLog, Author, Book, Review } from './entities.js';
import { source } from './source.js';
import { In } from 'typeorm';

// @ts-expect-error: no types are installed for it
import express from 'express';

interface Answer {
  json(body: unknown): void;
}

const app = express();
const firstBooks = (): Promise<Book[]> => source.getRepository(Book).find({ take: 12, order: { id: 'ASC' } });

app.get('/books', async (_request: unknown, response: Answer) => {
  const names: string[] = [];
  for (const book of await firstBooks()) {
    const author = await book.author; // n+1: /books authors.id
    names.push(author.name);
  }
  response.json(names);
});

app.get('/books/relations', async (_request: unknown, response: Answer) => {
  const books = await source.getRepository(Book).find({ take: 12, relations: { author: true, reviews: true } });
  response.json(books.length);
});

app.get('/books/find-one', async (_request: unknown, response: Answer) => {
  const books = await firstBooks();
  const authors = await Promise.all(
    books.map((book) => source.getRepository(Author).findOneBy({ id: book.authorId })), // n+1: /books/find-one authors.id
  );
  response.json(authors);
});

app.get('/books/in', async (_request: unknown, response: Answer) => {
  const books = await firstBooks();
  response.json(await source.getRepository(Author).findBy({ id: In(books.map((book) => book.authorId)) }));
});

app.get('/authors/pages', async (_request: unknown, response: Answer) => {
  const authors = await source.getRepository(Author).find({ take: 6 });
  response.json(await Promise.all(authors.map(linesOf)));
});

app.post('/stock', async (_request: unknown, response: Answer) => {
  for (const book of await firstBooks()) {
    await source.getRepository(Book).update({ id: book.id }, { stock: book.stock + 1 }); // n+1: /stock books
  }
  response.json({});
});

app.post('/log', async (_request: unknown, response: Answer) => {
  await source.transaction(async (manager) => {
    for (let index = 0; index < 9; index++) {
      await manager.save(manager.create(AuditLog, { what: `entry ${index}` })); // n+1: /log audit_log
    }
  });
  response.json({});
});

app.post('/log/batched', async (_request: unknown, response: Answer) => {
  const entries = Array.from({ length: 9 }, (_, index) => ({ what: `entry ${index}` }));
  await source.getRepository(AuditLog).insert(entries);
  response.json({});
});

app.post('/log/saved', async (_request: unknown, response: Answer) => {
  const repository = source.getRepository(AuditLog);
  await repository.save(Array.from({ length: 9 }, (_, index) => repository.create({ what: `entry ${index}` })));
  response.json({});
});

app.get('/reviews/pages', async (_request: unknown, response: Answer) => {
  let count = 0;
  for (let page = 0; page < 7; page++) {
    const found = await source.getRepository(Review).find({ take: 20, skip: page * 20, order: { id: 'ASC' } });
    count += found.length;
  }
  response.json(count);
});

void source.initialize().then(async () => {
  const { listen } = await import('../../listen.js' as string);
  listen(app);
});
