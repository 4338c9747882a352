// A queue, its worker and a slow queue that nobody works on.
import { createServer } from 'node:http';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';

const connection = { host: '127.0.0.1', port: Number(process.env.REDIS_PORT), maxRetriesPerRequest: null };
const emails = new Queue('email', { connection });
const reports = new Queue('report', { connection });
const cache = new Redis(connection);
const done = [];
const worker = new Worker(
  'email',
  async (job) => {
    for (let id = 1; id <= 24; id++) await cache.get(`user:${id}`); // redis loop
    if (job.name === 'fails') throw new Error('no such mailbox');
    done.push(job.name);
  },
  { connection },
);

const server = createServer(async (request, response) => {
  if (request.url === '/done') return response.end(done.join());
  if (request.url === '/reports')
    await reports.addBulk([1, 2, 3].map((n) => ({ name: 'monthly', data: { n } })));
  else await emails.add(request.url.slice(1), { to: 'a@b.c' });
  response.end('queued');
});
server.keepAliveTimeout = 1;
server.listen(0, '127.0.0.1', () => console.log(`ready http://127.0.0.1:${server.address().port}`));
process.stdin.resume().on('end', async () => {
  server.close();
  await worker.close();
  await Promise.all([emails.close(), reports.close(), cache.quit()]);
});
