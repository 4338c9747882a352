import express from 'express';
import { listen } from '../listen.js';
import { pool } from './pool.js';
import { CustomerRepository } from './repositories/customers.js';
import { serializeOrder } from './serializers/order.js';
import { invoiceOf, invoicesOf } from './services/invoices.js';
import { registerExports, registerUpserts, registerWrites } from './batches.js';
import { registerCare } from './care.js';

const app = express();
const customers = new CustomerRepository();
const ordersOf = async () => (await pool.query('SELECT id, customer_id FROM orders ORDER BY id')).rows;

app.get('/orders', async (_request, response) => {
  const orders = await ordersOf();
  for (const order of orders) {
    const { rows } = await pool.query('SELECT name FROM customers WHERE id = $1', [order.customer_id]); // n+1: /orders customers.id
    order.customer = rows[0];
  }
  response.json(orders);
});

app.get('/orders/joined', async (_request, response) => {
  const { rows } = await pool.query(
    'SELECT o.id, c.name FROM orders o JOIN customers c ON c.id = o.customer_id ORDER BY o.id',
  );
  response.json(rows);
});

app.get('/customers/totals', async (_request, response) => {
  const { rows } = await pool.query('SELECT id, name FROM customers');
  const totals = await Promise.all(
    rows.map(async ({ id, name }) => {
      const count = await pool.query('SELECT count(*)::int AS n FROM orders WHERE customer_id = $1', [id]); // n+1: /customers/totals orders.customer_id
      return { name, orders: count.rows[0].n };
    }),
  );
  response.json(totals);
});

app.get('/customers/totals/grouped', async (_request, response) => {
  const { rows } = await pool.query(
    'SELECT c.name, count(o.id)::int AS orders FROM customers c LEFT JOIN orders o ON o.customer_id = c.id GROUP BY c.id',
  );
  response.json(rows);
});

app.get('/invoices', async (_request, response) => {
  const invoices = [];
  for (const order of await ordersOf()) invoices.push(await invoiceOf(order));
  response.json(invoices);
});

app.get('/invoices/batched', async (_request, response) => {
  response.json(await invoicesOf(await ordersOf()));
});

app.get('/orders/full', async (_request, response) => {
  response.json(await Promise.all((await ordersOf()).map(serializeOrder)));
});

app.get('/literals', async (_request, response) => {
  const names = [];
  for (const { id } of await ordersOf()) {
    const { rows } = await pool.query(`SELECT placed_at FROM orders WHERE id = ${id}`); // n+1: /literals orders.id
    names.push(rows[0]);
  }
  response.json(names);
});

app.get('/callbacks', (_request, response, next) => {
  pool.query('SELECT id, publisher_id FROM books ORDER BY id LIMIT 8', (error, result) => {
    if (error) return next(error);
    const books = result.rows;
    let left = books.length;
    for (const book of books) {
      pool.query('SELECT name FROM publishers WHERE id = $1', [book.publisher_id], (failed, found) => { // n+1: /callbacks publishers.id
        if (failed) return next(failed);
        book.publisher = found.rows[0];
        if (--left === 0) response.json(books);
      });
    }
  });
});

app.get('/prepared', async (_request, response) => {
  const found = [];
  for (const { id } of await ordersOf()) {
    const { rows } = await pool.query({ name: 'items-of', text: 'SELECT * FROM order_items WHERE order_id = $1', values: [id] }); // n+1: /prepared order_items.order_id
    found.push(...rows);
  }
  response.json(found);
});

app.get('/authors/tree', async (_request, response) => {
  const { rows: authors } = await pool.query('SELECT id, name FROM authors LIMIT 6');
  for (const author of authors) {
    const { rows } = await pool.query('SELECT id, title FROM books WHERE author_id = $1', [author.id]); // n+1: /authors/tree books.author_id
    for (const book of rows) {
      const reviews = await pool.query('SELECT stars FROM reviews WHERE book_id = $1', [book.id]); // n+1: /authors/tree reviews.book_id
      book.stars = reviews.rows;
    }
    author.books = rows;
  }
  response.json(authors);
});

app.get('/books/interleaved', async (_request, response) => {
  const { rows: books } = await pool.query('SELECT id, author_id, publisher_id FROM books LIMIT 12');
  for (const book of books) {
    const author = await pool.query('SELECT name FROM authors WHERE id = $1', [book.author_id]); // n+1: /books/interleaved authors.id
    const publisher = await pool.query('SELECT name FROM publishers WHERE id = $1', [book.publisher_id]); // n+1: /books/interleaved publishers.id
    Object.assign(book, { author: author.rows[0], publisher: publisher.rows[0] });
  }
  response.json(books);
});

app.get('/books/interleaved/joined', async (_request, response) => {
  const { rows } = await pool.query(
    `SELECT b.id, a.name AS author, p.name AS publisher
       FROM books b JOIN authors a ON a.id = b.author_id JOIN publishers p ON p.id = b.publisher_id LIMIT 12`,
  );
  response.json(rows);
});

app.get('/breadcrumbs', async (_request, response) => {
  const trail = [];
  let id = 9;
  while (id !== null) {
    const { rows } = await pool.query('SELECT parent_id, name FROM categories WHERE id = $1', [id]); // n+1: /breadcrumbs categories.id
    trail.unshift(rows[0].name);
    id = rows[0].parent_id;
  }
  response.json(trail);
});

app.get('/breadcrumbs/recursive', async (_request, response) => {
  const { rows } = await pool.query(
    `WITH RECURSIVE up AS (
       SELECT id, parent_id, name FROM categories WHERE id = $1
       UNION ALL SELECT c.id, c.parent_id, c.name FROM categories c JOIN up ON up.parent_id = c.id
     ) SELECT name FROM up`,
    [9],
  );
  response.json(rows);
});

app.get('/me', async (request, response) => {
  const token = request.headers.authorization ?? 'token-3';
  const forAuth = await customers.byToken(token);
  const forAudit = await customers.byToken(token);
  const forPage = await customers.byToken(token);
  response.json([forAuth, forAudit, forPage]);
});

app.get('/transfer', async (_request, response) => {
  const [buyer, seller, courier, clerk] = [await customers.byId(1), await customers.byId(2), await customers.byId(3), await customers.byId(4)];
  response.json({ buyer, seller, courier, clerk });
});

registerWrites(app);
registerUpserts(app);
registerExports(app);
registerCare(app);
listen(app);
