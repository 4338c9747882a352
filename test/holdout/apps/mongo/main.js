import express from 'express';
import mongoose from 'mongoose';
import { listen } from '../listen.js';
import { Author, Book, Review } from './models.js';

await mongoose.connect(process.env.MONGO_URL, { autoIndex: false, autoCreate: false });
const authors = await Author.insertMany(Array.from({ length: 12 }, (_, index) => ({ name: `Author ${index}` })));
const books = await Book.insertMany(authors.map((author, index) => ({ title: `Book ${index}`, stock: 1, author: author._id })));
await Review.insertMany(books.map((book, index) => ({ stars: index % 5, book: book._id })));

const app = express();

app.get('/books', async (_request, response) => {
  const out = [];
  for (const book of await Book.find()) {
    const author = await Author.findById(book.author); // n+1: /books authors._id
    out.push({ title: book.title, author: author.name });
  }
  response.json(out);
});

app.get('/books/populated', async (_request, response) => {
  response.json(await Book.find().populate('author'));
});

app.get('/books/reviews', async (_request, response) => {
  const all = await Book.find().lean();
  response.json(await Promise.all(all.map(async (book) => await Review.find({ book: book._id }).lean()))); // n+1: /books/reviews reviews.book
});

app.get('/books/reviews/in', async (_request, response) => {
  const all = await Book.find().lean();
  response.json(await Review.find({ book: { $in: all.map((book) => book._id) } }).lean());
});

app.get('/authors/exists', async (_request, response) => {
  const out = [];
  for (const book of await Book.find().lean()) {
    const found = await mongoose.connection.db.collection('authors').findOne({ _id: book.author }); // n+1: /authors/exists authors._id
    out.push(found !== null);
  }
  response.json(out);
});

app.post('/stock', async (_request, response) => {
  for (const book of await Book.find()) {
    book.stock += 1;
    await book.save(); // n+1: /stock books
  }
  response.json({});
});

app.post('/stock/batched', async (_request, response) => {
  const all = await Book.find().lean();
  await Book.bulkWrite(all.map((book) => ({ updateOne: { filter: { _id: book._id }, update: { $set: { stock: 2 } } } })));
  response.json({});
});

app.post('/reviews', async (_request, response) => {
  for (const book of await Book.find().lean()) {
    await Review.create({ stars: 5, book: book._id }); // n+1: /reviews reviews
  }
  response.json({});
});

app.post('/reviews/batched', async (_request, response) => {
  await Review.insertMany(books.map((book) => ({ stars: 4, book: book._id })));
  response.json({});
});

app.get('/cursor', async (_request, response) => {
  const seen = [];
  for await (const review of Review.find().lean().cursor({ batchSize: 2 })) seen.push(review.stars);
  response.json(seen);
});

listen(app);
