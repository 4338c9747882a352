const fastify = require('fastify');
const { Pool } = require('pg');

const pool = new Pool({ connectionString: process.env.DATABASE_URL, max: 4 });
const app = fastify();

app.get('/books', async () => {
  const { rows: books } = await pool.query('SELECT id, title, author_id FROM books ORDER BY id');
  return await Promise.all(
    books.map(async (book) => {
      const { rows } = await pool.query('SELECT name FROM authors WHERE id = $1', [book.author_id]); // n+1
      return { title: book.title, author: rows[0].name };
    }),
  );
});

app.get('/books/joined', async () => {
  const { rows } = await pool.query(
    'SELECT b.title, a.name AS author FROM books b JOIN authors a ON a.id = b.author_id ORDER BY b.id',
  );
  return rows;
});

process.once('SIGTERM', () => {
  void app.close().then(() => pool.end());
});
void app.listen({ port: 0, host: '127.0.0.1' }).then((address) => console.log(`ready ${address}`));
