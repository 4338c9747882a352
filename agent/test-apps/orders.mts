// An ordinary app: Fastify, pg and Drizzle as ES modules. It knows nothing of any agent.
import { eq, inArray } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { integer, pgTable, text } from 'drizzle-orm/pg-core';
import Fastify from 'fastify';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 1 });
const authors = pgTable('authors', { id: integer().primaryKey(), name: text() });
const db = drizzle({ client: pool, schema: { authors } });
const app = Fastify({ logger: { level: 'info' } });
const ids = [1, 2, 3, 4, 5, 6, 7, 8];

app.get('/loop', async () => {
  const names = [];
  for (const id of ids) {
    const { rows } = await pool.query('SELECT name FROM authors WHERE id = $1', [id]); // pool in a loop
    names.push(rows[0].name);
  }
  return names;
});

app.get('/client', async () => {
  const client = await pool.connect();
  try {
    for (const id of ids) await client.query(`SELECT name FROM authors WHERE id = ${id}`); // client, literals
  } finally {
    client.release();
  }
  return 'ok';
});

app.get('/parallel', async () => {
  const found = await Promise.all(
    ids.map((id) => pool.query('SELECT id, name FROM authors WHERE id = $1', [id])), // parallel
  );
  return found.length;
});

async function authorOf(id: number) {
  const [author] = await db.select().from(authors).where(eq(authors.id, id)); // drizzle select
  return author;
}

app.get('/drizzle', async () => {
  const found = [];
  for (const id of ids) found.push(await authorOf(id));
  return found;
});

app.get('/drizzle-parallel', async () => await Promise.all(ids.map((id) => authorOf(id))));

app.get('/drizzle-relation', async () => {
  for (const id of ids) {
    await db.query.authors.findFirst({ where: eq(authors.id, id) }); // drizzle relation
  }
  return 'ok';
});

app.get('/batched', async () => await db.select().from(authors).where(inArray(authors.id, ids)));
app.get('/none', async () => 'nothing');
app.get('/fetch', async () => {
  for (const id of ids) {
    const answer = await fetch(`${process.env.INVENTORY_URL ?? app.listeningOrigin}/item/${id}?secret=hush`); // fetch loop
    await answer.text();
  }
  return 'ok';
});
app.get('/item/:id', async (request) => {
  request.log.info('item asked for');
  return request.params;
});
app.get('/boom', async () => {
  throw new Error('boom');
});

const url = await app.listen({ port: 0, host: '127.0.0.1' });
console.log(`ready ${url}`);
process.stdin.resume().on('end', () => void app.close().then(() => pool.end()));
