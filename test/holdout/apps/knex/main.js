const express = require('express');
const db = require('./db.js');
const { Author } = require('./models/author.js');

const app = express();
const books = () => db('books').select('id', 'title', 'author_id', 'publisher_id').orderBy('id').limit(12);

app.get('/books', async (_request, response) => {
  const list = await books();
  for (const book of list) {
    book.author = await db('authors').where('id', book.author_id).first(); // n+1: /books authors.id
  }
  response.json(list);
});

app.get('/books/where-in', async (_request, response) => {
  const list = await books();
  const authors = await db('authors').whereIn('id', list.map((book) => book.author_id));
  response.json({ list, authors });
});

app.get('/books/joined', async (_request, response) => {
  response.json(await db('books').join('authors', 'authors.id', 'books.author_id').select('books.title', 'authors.name'));
});

app.get('/books/parallel', async (_request, response) => {
  const list = await books();
  const reviews = await Promise.all(
    list.map((book) =>
      db('reviews') // n+1: /books/parallel reviews.book_id
        .where({ book_id: book.id }) // n+1: /books/parallel reviews.book_id
        .orderBy('id')
        .select('stars'), // n+1: /books/parallel reviews.book_id
    ),
  );
  response.json(reviews);
});

app.get('/books/model', async (_request, response) => {
  const list = await books();
  for (const book of list) book.author = await Author.find(book.author_id);
  response.json(list);
});

app.get('/authors/counts', async (_request, response) => {
  const authors = await db('authors').select('id');
  const counts = [];
  for (const { id } of authors) counts.push(await Author.countBooks(id));
  response.json(counts);
});

app.get('/authors/counts/grouped', async (_request, response) => {
  response.json(await db('books').select('author_id').count().groupBy('author_id'));
});

app.get('/books/raw', async (_request, response) => {
  const names = [];
  for (const book of await books()) {
    const { rows } = await db.raw('select name from publishers where id = ?', [book.publisher_id]); // n+1: /books/raw publishers.id
    names.push(rows[0].name);
  }
  response.json(names);
});

app.post('/prices', async (_request, response) => {
  await db.transaction(async (trx) => {
    for (let id = 1; id <= 15; id++) {
      await trx('prices').insert({ book_id: id, cents: id * 10 }).onConflict('book_id').merge(); // n+1: /prices prices
    }
  });
  response.json({});
});

app.post('/prices/batched', async (_request, response) => {
  const rows = Array.from({ length: 15 }, (_, index) => ({ book_id: index + 1, cents: index * 11 }));
  await db('prices').insert(rows).onConflict('book_id').merge();
  response.json({});
});

app.post('/log', async (_request, response) => {
  await db.batchInsert('audit_log', Array.from({ length: 300 }, (_, index) => ({ what: `entry ${index}` })), 50);
  response.json({});
});

app.post('/stock', async (_request, response) => {
  await Promise.all((await books()).map((book) => db('books').where({ id: book.id }).update({ stock: 5 }))); // n+1: /stock books
  response.json({});
});

app.post('/stock/batched', async (_request, response) => {
  await db('books').whereIn('id', [1, 2, 3, 4, 5, 6]).update({ stock: 5 });
  response.json({});
});

app.get('/pages', async (_request, response) => {
  const all = [];
  for (let page = 0; page < 8; page++) all.push(...(await db('reviews').orderBy('id').limit(20).offset(page * 20)));
  response.json(all);
});

app.get('/pages/after', async (_request, response) => {
  const all = [];
  let last = 0;
  for (let page = 0; page < 7; page++) {
    const rows = await db('reviews').where('id', '>', last).orderBy('id').limit(30);
    all.push(...rows);
    last = rows.at(-1)?.id ?? last;
  }
  response.json(all);
});

import('../listen.js').then(({ listen }) => listen(app));
