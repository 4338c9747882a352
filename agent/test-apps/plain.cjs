'use strict';
// Nothing but Node. It ends with a code of its own when its input closes, or as APP_END says.
const { createServer } = require('node:http');

const server = createServer((request, response) => {
  if (request.url === '/rss') return response.end(String(process.memoryUsage().rss / 2 ** 20));
  response.statusCode = request.url.startsWith('/boom') ? 500 : 200;
  response.end(`answer to ${request.url}`);
});
server.keepAliveTimeout = 1;
server.listen(0, '127.0.0.1', () => console.log(`ready http://127.0.0.1:${server.address().port}`));

const ends = {
  throw: () =>
    setImmediate(() => {
      throw new Error('uncaught');
    }),
  reject: () => void Promise.reject(new Error('unhandled')),
  exit: () => process.exit(5),
};
process.stdin.resume().on('end', () => {
  server.close();
  server.closeAllConnections();
  process.exitCode = 7;
  ends[process.env.APP_END]?.();
});

if (process.env.APP_HANDLES === 'SIGTERM') {
  process.on('SIGTERM', () => {
    server.close();
    server.closeAllConnections();
    setTimeout(() => process.exit(3), 150);
  });
}
if (process.env.APP_HANDLES === 'removed') {
  const handler = () => undefined;
  process.once('SIGTERM', handler);
  process.off('SIGTERM', handler);
}
