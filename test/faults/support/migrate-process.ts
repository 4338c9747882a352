import { migrate } from '../../../collector/src/storage/migrate.ts';
import { openStorage } from '../../../collector/src/storage/open.ts';

// Brings a schema up to date in a process of its own and kills itself after so many steps: `path steps`. Ends with 0 when it got through.

const [path = '', steps = '1'] = process.argv.slice(2);
let left = Number(steps);

async function step(work: Promise<void>): Promise<void> {
  await work;
  left -= 1;
  if (left <= 0) process.kill(process.pid, 'SIGKILL');
}

const storage = await openStorage({ mode: 'embedded', path });
await migrate({
  ...storage,
  command: async (sql) => await step(storage.command(sql)),
  insertRows: async (table, rows, token) => await step(storage.insertRows(table, rows, token)),
});
await storage.close();
process.exit(0);
