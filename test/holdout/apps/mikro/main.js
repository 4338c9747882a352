import { MikroORM } from '@mikro-orm/postgresql';
import express from 'express';
import { listen } from '../listen.js';
import { AuditLog, Author, Book, Review } from './entities.js';

const orm = await MikroORM.init({ clientUrl: process.env.DATABASE_URL, entities: [Author, Book, Review, AuditLog] });
const app = express();
const options = { limit: 10, orderBy: { id: 'asc' } };

app.get('/books', async (_request, response) => {
  const em = orm.em.fork();
  const names = [];
  for (const book of await em.find(Book, {}, options)) {
    const author = await book.author.load(); // n+1: /books authors.id
    names.push(author.name);
  }
  response.json(names);
});

app.get('/books/populated', async (_request, response) => {
  const books = await orm.em.fork().find(Book, {}, { ...options, populate: ['author', 'reviews'] });
  response.json(books.map((book) => book.author.$.name));
});

app.get('/books/reviews', async (_request, response) => {
  const em = orm.em.fork();
  let count = 0;
  for (const book of await em.find(Book, {}, options)) {
    await book.reviews.init(); // n+1: /books/reviews reviews.book_id
    count += book.reviews.length;
  }
  response.json(count);
});

app.get('/books/counts', async (_request, response) => {
  const em = orm.em.fork();
  const books = await em.find(Book, {}, options);
  response.json(await Promise.all(books.map((book) => em.fork().count(Review, { book: book.id })))); // n+1: /books/counts reviews.book_id
});

app.get('/authors/one-by-one', async (_request, response) => {
  const out = [];
  for (const id of [1, 2, 3, 4, 5, 6, 7]) {
    const author = await orm.em.fork().findOneOrFail(Author, { id }); // n+1: /authors/one-by-one authors.id
    out.push(author.name);
  }
  response.json(out);
});

app.get('/authors/at-once', async (_request, response) => {
  const found = await orm.em.fork().find(Author, { id: { $in: [1, 2, 3, 4, 5, 6, 7] } });
  response.json(found.map(({ name }) => name));
});

app.post('/log', async (_request, response) => {
  const em = orm.em.fork();
  for (let index = 0; index < 8; index++) {
    em.create(AuditLog, { what: `flush ${index}` });
    await em.flush(); // n+1: /log audit_log
  }
  response.json({});
});

app.post('/log/batched', async (_request, response) => {
  const em = orm.em.fork();
  for (let index = 0; index < 8; index++) em.create(AuditLog, { what: `flush ${index}` });
  await em.flush();
  response.json({});
});

app.post('/stock/batched', async (_request, response) => {
  const em = orm.em.fork();
  for (const book of await em.find(Book, {}, options)) book.stock += 1;
  await em.flush();
  response.json({});
});

listen(app);
