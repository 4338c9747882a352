'use strict';
// The same as CommonJS with Express.
const express = require('express');
const { Pool } = require('pg');

const pool = new Pool({ connectionString: process.env.DATABASE_URL, max: 1 });
const app = express();

app.get('/orders/:id', async (request, response) => {
  const names = [];
  for (let id = 1; id <= 6; id++) {
    const { rows } = await pool.query({ text: 'SELECT name FROM authors WHERE id = $1', values: [id] }); // cjs loop
    names.push(rows[0].name);
  }
  response.json(names);
});
app.get('/plain', (request, response) => response.send('plain'));

const server = app.listen(0, '127.0.0.1', () =>
  console.log(`ready http://127.0.0.1:${server.address().port}`),
);
process.stdin.resume().on('end', () => server.close(() => void pool.end()));
server.keepAliveTimeout = 1;
