import { createServer } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

const failures = new Map();

/** Another team's service; it runs in a process of its own. */
const server = createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://upstream');
  await delay(2);
  if (pathname === '/charge') {
    const seen = (failures.get(searchParams.get('key')) ?? 0) + 1;
    failures.set(searchParams.get('key'), seen);
    response.statusCode = seen < 6 ? 503 : 200;
  }
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ pathname, query: Object.fromEntries(searchParams) }));
});
server.listen(0, '127.0.0.1', () => console.log(`ready http://127.0.0.1:${server.address().port}`));
process.on('SIGTERM', () => process.exit(0));
