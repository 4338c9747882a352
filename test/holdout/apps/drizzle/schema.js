import { relations } from 'drizzle-orm';
import { integer, pgTable, serial, text, timestamp } from 'drizzle-orm/pg-core';

export const authors = pgTable('authors', { id: serial().primaryKey(), name: text().notNull() });
export const books = pgTable('books', {
  id: serial().primaryKey(),
  title: text().notNull(),
  authorId: integer('author_id').notNull(),
  publisherId: integer('publisher_id').notNull(),
  stock: integer().notNull(),
  deletedAt: timestamp('deleted_at'),
});
export const reviews = pgTable('reviews', {
  id: serial().primaryKey(),
  bookId: integer('book_id').notNull(),
  stars: integer().notNull(),
  body: text().notNull(),
});
export const auditLog = pgTable('audit_log', { id: serial().primaryKey(), what: text().notNull(), bookId: integer('book_id') });

export const bookRelations = relations(books, ({ one, many }) => ({
  author: one(authors, { fields: [books.authorId], references: [authors.id] }),
  reviews: many(reviews),
}));
export const authorRelations = relations(authors, ({ many }) => ({ books: many(books) }));
export const reviewRelations = relations(reviews, ({ one }) => ({
  book: one(books, { fields: [reviews.bookId], references: [books.id] }),
}));
