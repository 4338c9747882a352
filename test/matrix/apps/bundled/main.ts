import fastify from 'fastify';
import { closeDatabase, findBooks, findBooksJoined, findBooksWithDrizzle } from './books.ts';

const app = fastify();
app.get('/books', async () => await findBooks());
app.get('/books/joined', async () => await findBooksJoined());
app.get('/books/drizzle', async () => await findBooksWithDrizzle());

process.once('SIGTERM', () => {
  void app.close().then(closeDatabase);
});
void app.listen({ port: 0, host: '127.0.0.1' }).then((address) => process.stdout.write(`ready ${address}\n`));
