import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { AuditLog, Author, Book, Review } from './entities.js';

declare const process: { env: Record<string, string> };

export const source = new DataSource({
  type: 'postgres',
  url: process.env['DATABASE_URL'] ?? '',
  entities: [Author, Book, Review, AuditLog],
});
