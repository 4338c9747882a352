import { describe, expect, it } from 'vitest';
import { keyPattern, nameTemplate, pathTemplate } from './templates.ts';

describe('templates', () => {
  it.each([
    ['graphql.resolve books.0.author', 'graphql.resolve books.*.author'],
    ['job 01234567-89ab-cdef-0123-456789abcdef', 'job *'],
    ['GET /books', 'GET /books'],
  ])('of the name %s', (name, template) => expect(nameTemplate(name)).toBe(template));

  it.each([
    ['/api/users/42', '/api/users/*'],
    ['/v1/users/01234567-89ab-cdef-0123-456789abcdef/posts', '/v1/users/*/posts'],
    ['/users/:id', '/users/:id'],
    ['/a/bob@example.org', '/a/*'],
    ['', ''],
  ])('of the path %s', (path, template) => expect(pathTemplate(path)).toBe(template));

  it.each([
    ['user:42', 'user:*'],
    ['user:?', 'user:*'],
    ['user:42:profile', 'user:*:*'],
    ['session/abcdefghijklmnop', 'session:*'],
    ['settings', 'settings'],
    ['cart_77', '*'],
    ['a:bob@example.org:b', 'a:*:*'],
  ])('of the key %s', (key, pattern) => expect(keyPattern(key)).toBe(pattern));
});
