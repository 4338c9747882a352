/** An embedded Postgres as a process of its own, so that a slow query does not hold up the traffic. */
import { startPglite } from '../../support/pglite.ts';

const server = await startPglite();
console.log(JSON.stringify({ msg: 'postgres ready', url: server.url }));
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void server.close());
