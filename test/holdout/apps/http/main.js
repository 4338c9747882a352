import express from 'express';
import { listen } from '../listen.js';
import { priceOf, stockOf } from './prices.js';

const upstream = process.env.UPSTREAM_URL;
const app = express();
const json = async (path, init) => await (await fetch(`${upstream}${path}`, init)).json();

app.get('/users', async (_request, response) => {
  const users = [];
  for (let id = 1; id <= 10; id++) {
    const found = await fetch(`${upstream}/users/${id}`); // n+1: /users users
    users.push(await found.json());
  }
  response.json(users);
});

app.get('/users/batched', async (_request, response) => {
  response.json(await json(`/users?ids=${[1, 2, 3, 4, 5].join(',')}`));
});

app.get('/prices', async (_request, response) => {
  response.json(await Promise.all(Array.from({ length: 12 }, (_, index) => priceOf(`sku-${index}x`))));
});

app.get('/stock', async (_request, response) => {
  const out = [];
  for (const id of [11, 12, 13, 14, 15, 16, 17]) out.push(await stockOf(id));
  response.json(out);
});

app.get('/pages', async (_request, response) => {
  const all = [];
  for (let page = 1; page <= 9; page++) all.push(await json(`/repos?per_page=30&page=${page}`));
  response.json(all);
});

app.post('/pay', async (_request, response) => {
  for (let attempt = 0; attempt < 6; attempt++) {
    const answer = await fetch(`${upstream}/charge?key=${process.pid}`, { method: 'POST', body: '{}' });
    if (answer.ok) break;
    await answer.text();
  }
  response.json({});
});

app.get('/home', async (_request, response) => {
  response.json(await Promise.all(['/me', '/cart', '/offers', '/news', '/weather', '/stores', '/jobs'].map((path) => json(path))));
});

app.post('/chat', async (_request, response) => {
  const answers = [];
  for (let turn = 0; turn < 6; turn++) {
    answers.push(await json('/v1/chat/completions', { method: 'POST', body: JSON.stringify({ turn }) }));
  }
  response.json(answers);
});

listen(app);
