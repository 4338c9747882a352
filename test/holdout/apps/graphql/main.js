import '../end.js';
import { createServer } from 'node:http';
import DataLoader from 'dataloader';
import { createSchema, createYoga } from 'graphql-yoga';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 4 });

const typeDefs = /* GraphQL */ `
  type Author { id: Int! name: String! }
  type Review { stars: Int! }
  type Book {
    id: Int!
    title: String!
    author: Author
    authorLoaded: Author
    authorBroken: Author
    reviews: [Review!]!
    reviewsLoaded: [Review!]!
  }
  type Query { books(first: Int!): [Book!]! }
`;

async function authorsById(ids) {
  const { rows } = await pool.query('SELECT id, name FROM authors WHERE id = ANY($1)', [ids]);
  const known = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => known.get(id));
}

async function authorsIn(ids) {
  const places = ids.map((_, index) => `$${index + 1}`).join(', ');
  const { rows } = await pool.query(`SELECT id, name FROM authors WHERE id IN (${places})`, ids); // n+1: /graphql/broken authors.id
  return rows;
}

async function reviewsByBook(ids) {
  const { rows } = await pool.query('SELECT book_id, stars FROM reviews WHERE book_id = ANY($1)', [ids]);
  return ids.map((id) => rows.filter((row) => row.book_id === id));
}

const resolvers = {
  Query: {
    books: async (_root, { first }) =>
      (await pool.query('SELECT id, title, author_id FROM books ORDER BY id LIMIT $1', [first])).rows,
  },
  Book: {
    author: async (book) => {
      const { rows } = await pool.query('SELECT id, name FROM authors WHERE id = $1', [book.author_id]); // n+1: /graphql/books /graphql/deep authors.id
      return rows[0];
    },
    authorLoaded: async (book, _args, context) => await context.authors.load(book.author_id),
    authorBroken: async (book) => await new DataLoader(authorsIn).load(book.author_id),
    reviews: async (book) => {
      const { rows } = await pool.query('SELECT stars FROM reviews WHERE book_id = $1', [book.id]); // n+1: /graphql/deep /graphql/reviews reviews.book_id
      return rows;
    },
    reviewsLoaded: async (book, _args, context) => await context.reviews.load(book.id),
  },
};

const yoga = createYoga({
  schema: createSchema({ typeDefs, resolvers }),
  graphqlEndpoint: '/graphql/:name',
  logging: false,
  context: () => ({ authors: new DataLoader(authorsById), reviews: new DataLoader(reviewsByBook) }),
});

// request: GET /graphql/books?query={books(first:12){title,author{name}}}
// request: GET /graphql/loaded?query={books(first:12){title,authorLoaded{name},reviewsLoaded{stars}}}
// request: GET /graphql/broken?query={books(first:12){title,authorBroken{name}}}
// request: GET /graphql/reviews?query={books(first:12){title,authorLoaded{name},reviews{stars}}}
// request: GET /graphql/deep?query={books(first:9){title,author{name},reviews{stars}}}
// request: GET /graphql/few?query={books(first:3){title,author{name}}}
const server = createServer(yoga);
server.listen(0, '127.0.0.1', () => console.log(`ready http://127.0.0.1:${server.address().port}`));
