// Named imports of built-ins, Express as an ES module, and a second service called by node:http.
import { createServer, get } from 'node:http';
import express from 'express';

const inventory = createServer((request, response) => response.end(request.headers.traceparent ?? 'none'));
await new Promise((resolve) => {
  inventory.listen(0, '127.0.0.1', resolve);
});
const app = express();
const router = express.Router();

function stockOf(id) {
  return new Promise((resolve, reject) => {
    const address = `http://127.0.0.1:${inventory.address().port}/stock/${id}`;
    get(address, (response) => response.setEncoding('utf8').on('data', resolve)).on('error', reject); // node:http
  });
}

router.get('/:id/stock', async (request, response) => {
  const stocks = [];
  for (let id = 1; id <= 6; id++) stocks.push(await stockOf(id));
  response.json(stocks);
});
app.use('/products', router);
const server = app.listen(0, '127.0.0.1', () =>
  console.log(`ready http://127.0.0.1:${server.address().port}`),
);
server.keepAliveTimeout = 1;
process.stdin.resume().on('end', () => {
  server.close();
  inventory.close();
  inventory.closeAllConnections();
});
