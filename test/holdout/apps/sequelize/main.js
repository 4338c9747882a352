const express = require('express');
const { sequelize, Author, Book, Review, Flag, AuditLog } = require('./models.js');

const app = express();
const firstBooks = () => Book.findAll({ limit: 12, order: [['id', 'ASC']] });

app.get('/books', async (_request, response) => {
  const rows = [];
  for (const book of await firstBooks()) {
    const author = await book.getAuthor(); // n+1: /books authors.id
    rows.push({ title: book.title, author: author.name });
  }
  response.json(rows);
});

app.get('/books/include', async (_request, response) => {
  response.json(await Book.findAll({ limit: 12, include: ['author', { association: 'reviews', separate: true }] }));
});

app.get('/books/by-key', async (_request, response) => {
  const books = await firstBooks();
  response.json(await Promise.all(books.map((book) => Author.findByPk(book.authorId)))); // n+1: /books/by-key authors.id
});

app.get('/books/where', async (_request, response) => {
  const books = await firstBooks();
  response.json(await Author.findAll({ where: { id: books.map((book) => book.authorId) } }));
});

app.get('/authors/books', async (_request, response) => {
  const out = [];
  for (const author of await Author.findAll()) {
    out.push(await author.getBooks({ order: [['id', 'DESC']], limit: 3 })); // n+1: /authors/books books.author_id
  }
  response.json(out);
});

app.get('/authors/counts', async (_request, response) => {
  const authors = await Author.findAll();
  const out = authors.map(async (author) => ({ name: author.name, books: await author.countBooks() })); // n+1: /authors/counts books.author_id
  response.json(await Promise.all(out));
});

app.get('/authors/counts/grouped', async (_request, response) => {
  response.json(await Book.count({ group: ['authorId'] }));
});

app.post('/stock', async (_request, response) => {
  for (const book of await firstBooks()) {
    book.stock += 1;
    await book.save(); // n+1: /stock books
  }
  response.json({});
});

app.post('/stock/batched', async (_request, response) => {
  await Book.update({ stock: 4 }, { where: { id: [1, 2, 3, 4, 5, 6, 7, 8] } });
  response.json({});
});

app.post('/log', async (_request, response) => {
  await sequelize.transaction(async (transaction) => {
    for (let id = 1; id <= 9; id++) {
      await AuditLog.create({ what: 'seen', bookId: id }, { transaction }); // n+1: /log audit_log
    }
  });
  response.json({});
});

app.post('/log/batched', async (_request, response) => {
  await AuditLog.bulkCreate(Array.from({ length: 9 }, (_, index) => ({ what: 'seen', bookId: index })));
  response.json({});
});

app.post('/flags', async (_request, response) => {
  for (let index = 1; index <= 8; index++) {
    await Flag.upsert({ key: `flag-${index}`, enabled: true }); // n+1: /flags flags
  }
  response.json({});
});

app.get('/reviews/pages', async (_request, response) => {
  const all = [];
  for (let page = 0; page < 6; page++) all.push(...(await Review.findAll({ limit: 10, offset: page * 10, order: ['id'] })));
  response.json(all);
});

import('../listen.js').then(({ listen }) => listen(app));
