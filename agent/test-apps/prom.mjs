// An ordinary app with metrics of its own: the default registry, and one beside it.
import { createServer } from 'node:http';
import { Counter, Histogram, Registry } from 'prom-client';

const beside = new Registry();
const orders = new Counter({ name: 'orders_total', help: 'Orders taken', labelNames: ['kind'] });
const waits = new Histogram({ name: 'wait_seconds', help: 'Waits', buckets: [0.1, 1], registers: [beside] });
const server = createServer((request, response) => {
  orders.inc({ kind: 'web' });
  waits.observe(0.5);
  response.end('ok');
});
server.keepAliveTimeout = 1;
server.listen(0, '127.0.0.1', () => console.log(`ready http://127.0.0.1:${server.address().port}`));
process.stdin.resume().on('end', () => server.close());
