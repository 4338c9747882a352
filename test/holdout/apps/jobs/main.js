import { Queue, QueueEvents, Worker } from 'bullmq';
import express from 'express';
import { listen } from '../listen.js';
import { sendReminders, sendRemindersAtOnce } from './orders-job.js';

const { hostname, port } = new URL(process.env.REDIS_URL);
const connection = { host: hostname, port: Number(port), maxRetriesPerRequest: null };
const name = `reminders-${process.pid}`;
const queue = new Queue(name, { connection });
const events = new QueueEvents(name, { connection });
const jobs = { remind: sendReminders, 'remind-at-once': sendRemindersAtOnce };
new Worker(name, async (job) => await jobs[job.name](), { connection });
const app = express();

app.post('/remind', async (_request, response) => {
  const job = await queue.add('remind', {});
  await job.waitUntilFinished(events);
  response.json({});
});

app.post('/remind-at-once', async (_request, response) => {
  const job = await queue.add('remind-at-once', {});
  await job.waitUntilFinished(events);
  response.json({});
});

listen(app);
