import { trace } from '@opentelemetry/api';
import fastify from 'fastify';

const app = fastify();
app.get('/orders/:id', async (request) => ({ id: request.params.id }));
app.get('/members/:id', { onRequest: (_request, reply) => reply.code(401).send({}) }, async () => ({}));
app.register(
  async (shop) => {
    shop.get('/broken/:id', async () => {
      throw new Error('out of stock');
    });
    shop.setErrorHandler((error, _request, reply) =>
      reply.code(503).send(new Error(`handled: ${error.message}`)),
    );
    shop.get('/refused/:id', (_request, reply) => void reply.send(new Error('no stock')));
  },
  { prefix: '/shop' },
);

app.get('/inside/:id', async () => {
  trace.getTracer('app').startSpan('work').end();
  return {};
});

console.log(`ready ${await app.listen({ port: 0, host: '127.0.0.1' })}`);
process.stdin.on('end', async () => {
  for (const path of ['/inside/1', '/members/1', '/nowhere']) await app.inject(path);
  await app.close();
});
process.stdin.resume();
