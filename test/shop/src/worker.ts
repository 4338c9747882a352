import { readConfig } from './config.ts';
import { openDatabase } from './database.ts';
import { createLog } from './log.ts';
import { consumeMails } from './mail-queue.ts';
import { sendReceipts } from './receipt.ts';
import { prepareDatabase } from './seed.ts';

const config = readConfig();
const log = createLog('shop-worker', config.logLevel);
const { pool } = openDatabase(config, log);
await prepareDatabase(pool);
const handle = sendReceipts(pool, { log, mailMs: config.mailMs });
const consumer = consumeMails(config, { pool, log, handle });
log.info({ queue: config.redisUrl === null ? 'table' : 'redis' }, 'worker ready');

async function stop(): Promise<void> {
  await consumer.close();
  await pool.end();
  log.info('worker stopped');
}
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop());
