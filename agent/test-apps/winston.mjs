// A winston app without a database.
import { createServer } from 'node:http';
import winston from 'winston';

const log = winston.createLogger({ level: 'info', transports: [new winston.transports.Console()] });
const server = createServer((_request, response) => {
  log.info('item asked for', { item: 7 });
  response.end('ok');
});
server.keepAliveTimeout = 1;
server.listen(0, '127.0.0.1', () => console.log(`ready http://127.0.0.1:${server.address().port}`));
process.stdin.resume().on('end', () => server.close());
