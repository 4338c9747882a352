import fastify from 'fastify';

const app = fastify();
app.get('/orders/:id', async (request) => ({ id: request.params.id }));
app.register(
  async (shop) => {
    shop.get('/broken/:id', async () => {
      throw new Error('out of stock');
    });
  },
  { prefix: '/shop' },
);

console.log(`ready ${await app.listen({ port: 0, host: '127.0.0.1' })}`);
process.stdin.on('end', () => app.close()).resume();
