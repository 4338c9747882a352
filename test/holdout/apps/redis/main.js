import { setTimeout as delay } from 'node:timers/promises';
import express from 'express';
import Redis from 'ioredis';
import { createClient } from 'redis';
import { listen } from '../listen.js';

const redis = new Redis(process.env.REDIS_URL);
const client = await createClient({ url: process.env.REDIS_URL }).connect();
const app = express();
const ids = Array.from({ length: 15 }, (_, index) => index + 1);
const prefix = `holdout:${process.pid}`;

app.get('/users', async (_request, response) => {
  const users = [];
  for (const id of ids) users.push(await redis.get(`${prefix}:user:${id}`)); // n+1: /users GET
  response.json(users);
});

app.get('/users/mget', async (_request, response) => {
  response.json(await redis.mget(ids.map((id) => `${prefix}:user:${id}`)));
});

app.get('/users/pipeline', async (_request, response) => {
  const pipeline = redis.pipeline();
  for (const id of ids) pipeline.get(`${prefix}:user:${id}`);
  response.json(await pipeline.exec());
});

app.get('/users/parallel', async (_request, response) => {
  response.json(await Promise.all(ids.map((id) => redis.get(`${prefix}:user:${id}`))));
});

app.post('/carts', async (_request, response) => {
  for (const id of ids) {
    await redis.hset(`${prefix}:cart:${id}`, 'total', id * 10); // n+1: /carts HSET
  }
  response.json({});
});

app.post('/carts/multi', async (_request, response) => {
  const multi = redis.multi();
  for (const id of ids) multi.hset(`${prefix}:cart:${id}`, 'total', id);
  await multi.exec();
  response.json({});
});

app.get('/scan', async (_request, response) => {
  await redis.mset(Object.fromEntries(ids.map((id) => [`${prefix}:scan:${id}`, id])));
  const keys = [];
  let cursor = '0';
  for (let round = 0; round < 8; round++) {
    const [next, found] = await redis.scan(cursor, 'MATCH', `${prefix}:*`, 'COUNT', 2);
    keys.push(...found);
    cursor = next;
  }
  response.json(keys);
});

app.get('/lock', async (_request, response) => {
  for (let attempt = 0; attempt < 7; attempt++) {
    if ((await redis.get(`${prefix}:lock`)) === 'free') break;
    await delay(50);
  }
  response.json({});
});

app.get('/sessions', async (_request, response) => {
  const sessions = [];
  for (const id of ids) {
    const session = await client.hGetAll(`${prefix}:session:${id}`); // n+1: /sessions HGETALL
    sessions.push(session);
  }
  response.json(sessions);
});

app.get('/sessions/parallel', async (_request, response) => {
  response.json(await Promise.all(ids.map((id) => client.hGetAll(`${prefix}:session:${id}`))));
});

app.get('/sessions/multi', async (_request, response) => {
  const multi = client.multi();
  for (const id of ids) multi.hGetAll(`${prefix}:session:${id}`);
  response.json(await multi.exec());
});

listen(app);
