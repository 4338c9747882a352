// An ordinary app whose pool has one connection.
import Fastify from 'fastify';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 1 });
await pool.query('CREATE VIEW slow_rates AS SELECT pg_sleep(0.15)::text AS paused, 1 AS rate');
await pool.query('CREATE VIEW slow_texts AS SELECT pg_sleep(0.15)::text AS paused, 2 AS line');
const app = Fastify();
let url = '';

app.get('/pause', async () => {
  await new Promise((resolve) => setTimeout(resolve, 150));
  return 'ok';
});

app.get('/wait', async () => {
  const found = await Promise.all([
    pool.query('SELECT rate FROM slow_rates'),
    pool.query('SELECT name FROM authors ORDER BY id'),
  ]);
  return found.length;
});

app.get('/in-turn', async () => {
  await pool.query('SELECT rate FROM slow_rates');
  await pool.query('SELECT line FROM slow_texts');
  return 'ok';
});

app.get('/transaction', async () => {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await client.query("UPDATE authors SET name = 'a' WHERE id = 1");
    await (await fetch(`${url}/pause`)).text();
    await client.query('COMMIT');
  } finally {
    client.release();
  }
  return 'ok';
});

app.get('/accepted', async () => {
  const names = [];
  for (let id = 1; id <= 12; id++) {
    // nightjar-ignore n+1: twelve authors and no more
    const { rows } = await pool.query('SELECT name FROM authors WHERE id = $1', [id]);
    names.push(rows[0].name);
  }
  return names;
});

url = await app.listen({ port: 0, host: '127.0.0.1' });
console.log(`ready ${url}`);
process.stdin
  .on('end', async () => {
    await app.close();
    await pool.end();
  })
  .resume();
