import { expect, it } from 'vitest';
import { formatCharsMax, formatSql } from './sql-format.ts';

it('lays a statement out', () => {
  expect(formatSql('select id from customers where id = ?', 'postgresql')).toBe(
    'SELECT\n  id\nFROM\n  customers\nWHERE\n  id = ?',
  );
  expect(formatSql('select $1::int', '')).toContain('$1');
});

it('leaves alone what is not SQL, and what is too long', () => {
  expect(formatSql('GET http://pricing/price/:sku', '')).toBe('GET http://pricing/price/:sku');
  expect(formatSql('{"find": "orders" ', 'mongodb')).toBe('{"find": "orders" ');
  const long = `select ${'a,'.repeat(formatCharsMax)}b`;
  expect(formatSql(long, 'postgresql')).toBe(long);
});
