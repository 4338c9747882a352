import { Column, Entity, JoinColumn, ManyToOne, OneToMany, PrimaryGeneratedColumn } from 'typeorm';
import type { Relation } from 'typeorm';

@Entity('authors')
export class Author {
  @PrimaryGeneratedColumn() id: number;
  @Column('text') name: string;
  @OneToMany(() => Book, (book) => book.author, { lazy: true }) books: Promise<Book[]>;
}

@Entity('books')
export class Book {
  @PrimaryGeneratedColumn() id: number;
  @Column('text') title: string;
  @Column('int') stock: number;
  @Column('int', { name: 'author_id' }) authorId: number;
  @ManyToOne(() => Author, (author) => author.books, { lazy: true })
  @JoinColumn({ name: 'author_id' })
  author: Promise<Author>;
  @OneToMany(() => Review, (review) => review.book) reviews: Relation<Review[]>;
}

@Entity('reviews')
export class Review {
  @PrimaryGeneratedColumn() id: number;
  @Column('int') stars: number;
  @Column('int', { name: 'book_id' }) bookId: number;
  @ManyToOne(() => Book, (book) => book.reviews)
  @JoinColumn({ name: 'book_id' })
  book: Relation<Book>;
}

@Entity('audit_log')
export class AuditLog {
  @PrimaryGeneratedColumn() id: number;
  @Column('text') what: string;
}
