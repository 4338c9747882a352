import { defineEntity, p } from '@mikro-orm/postgresql';

export const Author = defineEntity({
  name: 'Author',
  tableName: 'authors',
  properties: { id: p.integer().primary(), name: p.text(), books: () => p.oneToMany(Book).mappedBy('author') },
});
export const Book = defineEntity({
  name: 'Book',
  tableName: 'books',
  properties: {
    id: p.integer().primary(),
    title: p.text(),
    stock: p.integer(),
    author: () => p.manyToOne(Author).ref(),
    reviews: () => p.oneToMany(Review).mappedBy('book'),
  },
});
export const Review = defineEntity({
  name: 'Review',
  tableName: 'reviews',
  properties: { id: p.integer().primary(), stars: p.integer(), body: p.text(), book: () => p.manyToOne(Book).ref() },
});
export const AuditLog = defineEntity({
  name: 'AuditLog',
  tableName: 'audit_log',
  properties: { id: p.integer().primary(), what: p.text() },
});
