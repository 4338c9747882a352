import { setTimeout as delay } from 'node:timers/promises';
import { pool } from './pool.js';

async function isEnabled(key) {
  const { rows } = await pool.query('SELECT enabled FROM flags WHERE key = $1', [key]); // n+1: /flags flags.key
  return rows[0]?.enabled ?? false;
}

async function exists(id) {
  const found = await pool.query('SELECT 1 FROM books WHERE id = $1 AND deleted_at IS NULL', [id]); // n+1: /basket books.id
  return found.rowCount > 0;
}

/** Checks, retries and waits. */
export function registerCare(app) {
  app.get('/flags', async (_request, response) => {
    const flags = {};
    for (let index = 1; index <= 10; index++) flags[`flag-${index}`] = await isEnabled(`flag-${index}`);
    response.json(flags);
  });

  app.get('/flags/all', async (_request, response) => {
    response.json((await pool.query('SELECT key, enabled FROM flags')).rows);
  });

  // duplicate: /flags/same
  app.get('/flags/same', async (_request, response) => {
    const seen = [];
    for (let index = 0; index < 8; index++) seen.push(await isEnabled('flag-2'));
    response.json(seen);
  });

  app.get('/basket', async (_request, response) => {
    const kept = [];
    for (const id of [3, 9, 12, 40, 41, 77, 80, 99]) if (await exists(id)) kept.push(id);
    response.json(kept);
  });

  app.get('/basket/batched', async (_request, response) => {
    const ids = [3, 9, 12, 40, 41, 77, 80, 99];
    const { rows } = await pool.query('SELECT id FROM books WHERE id = ANY($1) AND deleted_at IS NULL', [ids]);
    response.json(rows);
  });

  app.post('/retry', async (_request, response) => {
    for (let attempt = 0; attempt < 6; attempt++) {
      try {
        await pool.query('INSERT INTO flags (key, enabled) VALUES ($1, true)', ['flag-1']);
        break;
      } catch {
        await delay(5);
      }
    }
    response.json({});
  });

  app.get('/wait', async (_request, response) => {
    for (let attempt = 0; attempt < 7; attempt++) {
      const { rows } = await pool.query('SELECT status FROM export_jobs WHERE id = $1', [1]);
      if (rows[0].status === 'done') break;
      await delay(60);
    }
    response.json({});
  });

  app.get('/dashboard', async (_request, response) => {
    const counts = await Promise.all([
      pool.query('SELECT count(*) FROM books'),
      pool.query('SELECT count(*) FROM authors'),
      pool.query('SELECT count(*) FROM orders'),
      pool.query('SELECT count(*) FROM reviews WHERE stars = $1', [5]),
      pool.query('SELECT count(*) FROM customers'),
      pool.query('SELECT max(placed_at) FROM orders'),
      pool.query('SELECT avg(stars) FROM reviews'),
    ]);
    response.json(counts.map(({ rows }) => rows[0]));
  });
}
