import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import type { Pool } from 'pg';
import type { Config } from './config.ts';
import type { Logger } from './log.ts';
import { consumeTable, tableQueue } from './table-queue.ts';

export const mailQueueName = 'mails';

export interface Mail {
  readonly kind: 'receipt';
  readonly orderId: number;
}
export type MailHandler = (mail: Mail) => Promise<void>;

export interface MailQueue {
  add(mail: Mail): Promise<void>;
  close(): Promise<void>;
}
export interface MailConsumer {
  close(): Promise<void>;
}

/** BullMQ where there is a Redis, a table of the database where there is none. */
export function openMailQueue(config: Config, pool: Pool): MailQueue {
  if (config.redisUrl === null) return tableQueue(pool, mailQueueName);
  const connection = new Redis(config.redisUrl, { maxRetriesPerRequest: 3 });
  const queue = new Queue<Mail>(mailQueueName, { connection });
  return {
    async add(mail) {
      await queue.add(mail.kind, mail, { removeOnComplete: 100, removeOnFail: 100 });
    },
    async close() {
      await queue.close();
      connection.disconnect();
    },
  };
}

export interface ConsumeOptions {
  readonly pool: Pool;
  readonly log: Logger;
  readonly handle: MailHandler;
}

/** One mail at a time: the mail provider allows no more. */
export function consumeMails(config: Config, { pool, log, handle }: ConsumeOptions): MailConsumer {
  if (config.redisUrl === null) return consumeTable<Mail>(pool, { name: mailQueueName, handle, log });
  const connection = new Redis(config.redisUrl, { maxRetriesPerRequest: null });
  const worker = new Worker<Mail>(mailQueueName, async (job) => await handle(job.data), {
    connection,
    concurrency: 1,
  });
  worker.on('failed', (job, error) => log.error({ jobId: job?.id, err: error }, 'mail failed'));
  worker.on('error', (error) => log.warn({ err: error }, 'queue connection failed'));
  return {
    async close() {
      await worker.close();
      connection.disconnect();
    },
  };
}
