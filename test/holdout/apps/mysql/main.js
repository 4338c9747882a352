import '../end.js';
import { readFile } from 'node:fs/promises';
import Fastify from 'fastify';
import mysql from 'mysql2/promise';
import callbackMysql from 'mysql2';

const setup = await mysql.createConnection({ uri: process.env.MYSQL_URL, multipleStatements: true });
await setup.query(`CREATE DATABASE holdout; USE holdout; ${await readFile(new URL('schema.sql', import.meta.url), 'utf8')}`);
await setup.end();

const uri = process.env.MYSQL_URL.replace(/mysql$/, 'holdout');
const pool = mysql.createPool({ uri, connectionLimit: 4 });
const plainPool = callbackMysql.createPool({ uri, connectionLimit: 2 });
const app = Fastify();
const firstBooks = async () => (await pool.query('SELECT id, title, author_id FROM books ORDER BY id LIMIT 12'))[0];

app.get('/books', async () => {
  const books = await firstBooks();
  for (const book of books) {
    const [rows] = await pool.query('SELECT name FROM authors WHERE id = ?', [book.author_id]); // n+1: /books authors.id
    book.author = rows[0];
  }
  return books;
});

app.get('/books/in', async () => {
  const books = await firstBooks();
  const [rows] = await pool.query('SELECT id, name FROM authors WHERE id IN (?)', [books.map((book) => book.author_id)]);
  return rows;
});

app.get('/books/executed', async () => {
  const books = await firstBooks();
  return await Promise.all(
    books.map(async (book) => {
      const [rows] = await pool.execute('SELECT stars FROM reviews WHERE book_id = ?', [book.id]); // n+1: /books/executed reviews.book_id
      return rows;
    }),
  );
});

app.get('/books/callbacks', (_request, reply) => {
  const names = [];
  for (let id = 1; id <= 8; id++) {
    plainPool.query('SELECT title FROM books WHERE id = ?', [id], (_error, rows) => { // n+1: /books/callbacks books.id
      names.push(rows[0].title);
      if (names.length === 8) reply.send(names);
    });
  }
});

app.get('/books/joined', async () => {
  const [rows] = await pool.query('SELECT b.title, a.name FROM books b JOIN authors a ON a.id = b.author_id LIMIT 12');
  return rows;
});

app.post('/log', async () => {
  const connection = await pool.getConnection();
  await connection.beginTransaction();
  for (let index = 0; index < 10; index++) {
    await connection.query('INSERT INTO audit_log SET ?', { what: `entry ${index}` }); // n+1: /log audit_log
  }
  await connection.commit();
  connection.release();
  return {};
});

app.post('/log/batched', async () => {
  const rows = Array.from({ length: 10 }, (_, index) => [`entry ${index}`]);
  await pool.query('INSERT INTO audit_log (what) VALUES ?', [rows]);
  return {};
});

app.post('/prices', async () => {
  for (let id = 1; id <= 10; id++) {
    await pool.execute('INSERT INTO prices (book_id, cents) VALUES (?, ?) ON DUPLICATE KEY UPDATE cents = VALUES(cents)', [id, id * 10]); // n+1: /prices prices
  }
  return {};
});

app.get('/pages', async () => {
  const all = [];
  for (let page = 0; page < 8; page++) {
    const [rows] = await pool.query('SELECT id, title FROM books ORDER BY id LIMIT ?, ?', [page * 10, 10]);
    all.push(...rows);
  }
  return all;
});

app.get('/chunks', async () => {
  const all = [];
  for (let at = 0; at < 100; at += 20) {
    const ids = Array.from({ length: 20 }, (_, index) => at + index + 1);
    const [rows] = await pool.query('SELECT id, title FROM books WHERE id IN (?)', [ids]);
    all.push(...rows);
  }
  return all;
});

app.listen({ port: 0, host: '127.0.0.1' }).then((url) => console.log(`ready ${url}`));
