import { buildApp } from './app.ts';
import { readConfig } from './config.ts';
import { openDatabase } from './database.ts';
import { createInventoryClient } from './inventory-client.ts';
import { createLog } from './log.ts';
import { openMailQueue } from './mail-queue.ts';
import { prepareDatabase } from './seed.ts';

const config = readConfig();
const log = createLog('shop', config.logLevel);
const database = openDatabase(config, log);
await prepareDatabase(database.pool);
const mails = openMailQueue(config, database.pool);
const inventory = createInventoryClient(config.inventoryUrl);
const app = buildApp({ database, inventory, mails, release: config.release, log });
const address = await app.listen({ host: config.host, port: config.port });
log.info({ address, release: config.release }, 'shop ready');

async function stop(): Promise<void> {
  await app.close();
  await mails.close();
  await database.pool.end();
  log.info('shop stopped');
}
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop());
