// A plain app as its author would write it: it knows of no agent. The parent asks for figures over IPC, which no agent watches.
'use strict';
const fastify = require('fastify');
const { Pool } = require('pg');

const pool = new Pool({ connectionString: process.env.BENCH_DATABASE_URL, max: 10 });
const app = fastify();

app.get('/hello/:name', async (request) => ({ hello: request.params.name }));

app.get('/products/:id', async (request, reply) => {
  const id = Number(request.params.id);
  const product = await pool.query('SELECT id, name, category_id FROM products WHERE id = $1', [id]);
  if (product.rows.length === 0) return await reply.code(404).send({ error: 'no such product' });
  const category = await pool.query('SELECT id, name FROM categories WHERE id = $1', [
    product.rows[0].category_id,
  ]);
  const stock = [];
  for (const warehouse of [1, 2, 3]) {
    const { rows } = await pool.query(
      'SELECT warehouse_id, quantity FROM stock WHERE product_id = $1 AND warehouse_id = $2',
      [id, warehouse],
    );
    stock.push(...rows);
  }
  return { product: product.rows[0], category: category.rows[0], stock };
});

process.on('message', (question) => {
  const { user, system } = process.cpuUsage();
  const { rss } = process.memoryUsage();
  process.send({ question, cpuUs: user + system, userUs: user, rss });
});

// A signal would let each agent flush for as long as it likes; the parent has its figures by then.
process.on('disconnect', () => process.exit(0));

void app.listen({ host: '127.0.0.1', port: 0 }).then(() => {
  const { user, system } = process.cpuUsage();
  process.send({ question: 'ready', port: app.server.address().port, cpuUs: user + system });
});
