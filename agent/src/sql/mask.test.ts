import { describe, expect, it } from 'vitest';
import { maskLiterals } from './mask.ts';
import type { SqlDialect } from './types.ts';

describe('maskLiterals', () => {
  it.each<readonly [sql: string, dialect: SqlDialect, masked: string]>([
    ["SELECT * FROM t WHERE a = 'x' AND b = 1.5", 'postgresql', 'SELECT * FROM t WHERE a = ? AND b = ?'],
    ['SELECT * FROM t WHERE a = $1 LIMIT 20', 'postgresql', 'SELECT * FROM t WHERE a = $1 LIMIT ?'],
    ['SELECT a FROM t\n  WHERE b IN (1, 2)', 'mysql', 'SELECT a FROM t\n  WHERE b IN (?, ?)'],
    ['SELECT a FROM t WHERE b = "x"', 'mysql', 'SELECT a FROM t WHERE b = ?'],
    ['SELECT "a" FROM t WHERE "b" = 1', 'postgresql', 'SELECT "a" FROM t WHERE "b" = ?'],
    ["SELECT a FROM t WHERE b = 'secret", 'postgresql', 'SELECT a FROM t WHERE b = ...'],
    ["SELECT a FROM t WHERE b = 1 /* 'secret'", 'postgresql', 'SELECT a FROM t WHERE b = ?'],
    [
      "SELECT a -- it's 42\nFROM t /* 'secret' */ WHERE b = $1 # x\n",
      'mysql',
      'SELECT a FROM t WHERE b = $1',
    ],
    [
      'SELECT /*+ INDEX(t i) */ a FROM t WHERE b = 1',
      'oracle',
      'SELECT /*+ INDEX(t i) */ a FROM t WHERE b = ?',
    ],
    ["SELECT 1 /*traceparent='00-ab-01',route='%2Fbooks'*/", 'postgresql', "SELECT ? /*route='%2Fbooks'*/"],
    ["SELECT a FROM t /*traceparent='00-ab-01'*/", 'postgresql', 'SELECT a FROM t'],
    ["SELECT a FROM t WHERE b = 'it\\'s secret'", 'unknown', 'SELECT a FROM t WHERE b = ...'],
    ["SELECT a FROM t WHERE b = 'it\\'s secret'", 'mysql', 'SELECT a FROM t WHERE b = ?'],
    ["SELECT a FROM t WHERE b = 'C:\\' OR c = 'secret'", 'unknown', 'SELECT a FROM t WHERE b = ...'],
  ])('%s in %s', (sql, dialect, masked) => {
    expect(maskLiterals(sql, dialect)).toBe(masked);
  });

  it.each([
    'SELECT * FROM users WHERE id = $1 AND deleted_at IS NULL AND is_open = TRUE',
    'SELECT c3po FROM "t2" WHERE a = ? /*route=\'x\'*/',
    'BEGIN',
    '',
  ])('gives back %s as it is', (sql) => {
    expect(maskLiterals(sql)).toBe(sql);
  });
});
