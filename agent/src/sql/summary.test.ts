import { describe, expect, it } from 'vitest';
import { shapeOf } from './shape.ts';

// The facts of the database test cases of the OpenTelemetry semantic conventions
// (docs/non-normative/database-test-cases/db-sql-test-cases.json): statement, summary, text.
const CASES: readonly (readonly [sql: string, summary: string, text: string])[] = [
  ['SELECT 12, -12, +12', 'SELECT', 'SELECT ?, ?, ?'],
  ['SELECT 12.34, -12.34, +12.34, .01, -.01', 'SELECT', 'SELECT ?, ?, ?, ?, ?'],
  ['SELECT 12.34e56, -12.34e56, +12.34e56', 'SELECT', 'SELECT ?, ?, ?'],
  ['SELECT 12.34e-56, -12.34e-56, +12.34e-56', 'SELECT', 'SELECT ?, ?, ?'],
  ['SELECT 0xDEADBEEF, 0XdeadBEEF', 'SELECT', 'SELECT ?, ?'],
  ["SELECT 'hello'", 'SELECT', 'SELECT ?'],
  ["SELECT 'My name''s not important'", 'SELECT', 'SELECT ?'],
  ["SELECT 'My name is \n not important'", 'SELECT', 'SELECT ?'],
  [
    'SELECT c3po, r2d2 FROM covid19 WHERE n1h1=1234',
    'SELECT covid19',
    'SELECT c3po, r2d2 FROM covid19 WHERE n1h1=?',
  ],
  [
    'SELECT a FROM dbo.Table JOIN dbo.AnotherTable',
    'SELECT dbo.Table dbo.AnotherTable',
    'SELECT a FROM dbo.Table JOIN dbo.AnotherTable',
  ],
  ["SELECT { guid '01234567-89ab-cdef-0123-456789abcdef' }", 'SELECT', 'SELECT { guid ? }'],
  [
    "SELECT * FROM table WHERE value IN (123, 456, 'abc')",
    'SELECT table',
    'SELECT * FROM table WHERE value IN (?)',
  ],
  [
    'SELECT column -- end of line comment\nFROM /* block \n comment */ table',
    'SELECT table',
    'SELECT column FROM table',
  ],
  [
    'INSERT INTO shipping_details\n(order_id,\naddress)\nSELECT order_id,\naddress\nFROM   orders\nWHERE  order_id = 1',
    'INSERT shipping_details SELECT orders',
    'INSERT INTO shipping_details (order_id, address) SELECT order_id, address FROM orders WHERE order_id = ?',
  ],
  [
    'SELECT order_date\nFROM   (SELECT *\nFROM   orders o\nJOIN customers c\nON o.customer_id = c.customer_id)',
    'SELECT SELECT orders customers',
    'SELECT order_date FROM (SELECT * FROM orders o JOIN customers c ON o.customer_id = c.customer_id)',
  ],
  [
    'SELEcT a FROM (sELECT * FROM orders o JOIN customers c ON o.id = c.id)',
    'SELEcT sELECT orders customers',
    'SELEcT a FROM (sELECT * FROM orders o JOIN customers c ON o.id = c.id)',
  ],
  ['SELEcT order_date\nFROM ORders', 'SELEcT ORders', 'SELEcT order_date FROM ORders'],
  [
    'SELECT * FROM Orders o CROSS JOIN OrderDetails od',
    'SELECT Orders OrderDetails',
    'SELECT * FROM Orders o CROSS JOIN OrderDetails od',
  ],
  [
    'SELECT * FROM Orders o, OrderDetails od',
    'SELECT Orders OrderDetails',
    'SELECT * FROM Orders o, OrderDetails od',
  ],
  [
    'CREATE  TABLE MyTable (\n    ID NOT NULL IDENTITY(1,1) PRIMARY KEY\n)',
    'CREATE TABLE MyTable',
    'CREATE TABLE MyTable ( ID NOT NULL IDENTITY(?,?) PRIMARY KEY )',
  ],
  [
    'ALTER  TABLE MyTable ADD Name varchar(255)',
    'ALTER TABLE MyTable',
    'ALTER TABLE MyTable ADD Name varchar(?)',
  ],
  ['DROP  TABLE MyTable', 'DROP TABLE MyTable', 'DROP TABLE MyTable'],
  ['SELECT * FROM SelectedData', 'SELECT SelectedData', 'SELECT * FROM SelectedData'],
  [
    'CREATE UNIQUE CLUSTERED INDEX IX_Email ON Employees (Email);',
    'CREATE INDEX IX_Email',
    'CREATE UNIQUE CLUSTERED INDEX IX_Email ON Employees (Email)',
  ],
  ['SELECT DISTINCT Country FROM Countries', 'SELECT Countries', 'SELECT DISTINCT Country FROM Countries'],
  [
    'CREATE TABLE IF NOT EXISTS Users (Id INT PRIMARY KEY);',
    'CREATE TABLE Users',
    'CREATE TABLE IF NOT EXISTS Users (Id INT PRIMARY KEY)',
  ],
  [
    'CREATE VIEW ActiveUsers AS SELECT * FROM Users WHERE IsActive = 1;',
    'CREATE VIEW ActiveUsers',
    'CREATE VIEW ActiveUsers AS SELECT * FROM Users WHERE IsActive = ?',
  ],
  [
    'ALTER TABLE Orders RENAME COLUMN OldName TO NewName;',
    'ALTER TABLE Orders',
    'ALTER TABLE Orders RENAME COLUMN OldName TO NewName',
  ],
  [
    'CREATE PROCEDURE GetUserById @UserId INT AS SELECT * FROM Users WHERE Id = @UserId;',
    'CREATE PROCEDURE GetUserById',
    'CREATE PROCEDURE GetUserById ? INT AS SELECT * FROM Users WHERE Id = ?',
  ],
  [
    'CREATE TRIGGER trg ON Orders AFTER UPDATE AS BEGIN UPDATE Orders SET a = GETDATE() WHERE Id IN (SELECT Id FROM inserted); END;',
    'CREATE TRIGGER trg',
    'CREATE TRIGGER trg ON Orders AFTER UPDATE AS BEGIN UPDATE Orders SET a = GETDATE() WHERE Id IN (SELECT Id FROM inserted); END',
  ],
  ['DROP TRIGGER IF EXISTS trg;', 'DROP TRIGGER trg', 'DROP TRIGGER IF EXISTS trg'],
  [
    'SELECT o.Id, SUM(oi.Quantity) FROM Orders o JOIN Customers c ON o.CustomerId = c.Id JOIN OrderItems oi ON o.Id = oi.OrderId GROUP BY o.Id;',
    'SELECT Orders Customers OrderItems',
    'SELECT o.Id, SUM(oi.Quantity) FROM Orders o JOIN Customers c ON o.CustomerId = c.Id JOIN OrderItems oi ON o.Id = oi.OrderId GROUP BY o.Id',
  ],
  [
    'SELECT DISTINCT D, COUNT(*) OVER (PARTITION BY D) AS C FROM Employees;',
    'SELECT Employees',
    'SELECT DISTINCT D, COUNT(*) OVER (PARTITION BY D) AS C FROM Employees',
  ],
  [
    'SELECT Id, Name FROM Customers UNION SELECT Id, Name FROM Suppliers ORDER BY Name;',
    'SELECT Customers Suppliers',
    'SELECT Id, Name FROM Customers UNION SELECT Id, Name FROM Suppliers ORDER BY Name',
  ],
  ['CREATE DATABASE TestDb;', 'CREATE DATABASE TestDb', 'CREATE DATABASE TestDb'],
  ['DROP SCHEMA IF EXISTS Reporting;', 'DROP SCHEMA Reporting', 'DROP SCHEMA IF EXISTS Reporting'],
  [
    'CREATE SEQUENCE SalesSeq START WITH 1 INCREMENT BY 1;',
    'CREATE SEQUENCE SalesSeq',
    'CREATE SEQUENCE SalesSeq START WITH ? INCREMENT BY ?',
  ],
  [
    "CREATE USER johndoe WITH PASSWORD = 'password';",
    'CREATE USER johndoe',
    'CREATE USER johndoe WITH PASSWORD = ?',
  ],
  ['CREATE ROLE app_admin;', 'CREATE ROLE app_admin', 'CREATE ROLE app_admin'],
  [
    'ALTER INDEX IX_Email ON Employees REBUILD;',
    'ALTER INDEX IX_Email',
    'ALTER INDEX IX_Email ON Employees REBUILD',
  ],
  ["EXEC sp_rename 'OldTable', 'NewTable';", 'EXEC sp_rename', 'EXEC sp_rename ?, ?'],
  ['EXEC GetAllEmployees;', 'EXEC GetAllEmployees', 'EXEC GetAllEmployees'],
  ['EXEC GetById @Id = 42;', 'EXEC GetById', 'EXEC GetById ? = ?'],
  ['INSERT INTO T (A) VALUES (123)', 'INSERT T', 'INSERT INTO T (A) VALUES (?)'],
  ['SELECT ((123)) AS C;', 'SELECT', 'SELECT ((?)) AS C'],
  ['CREATE TABLE T (A INT DEFAULT (123));', 'CREATE TABLE T', 'CREATE TABLE T (A INT DEFAULT (?))'],
  [
    'SELECT * FROM T WHERE Amount BETWEEN (10) AND (20);',
    'SELECT T',
    'SELECT * FROM T WHERE Amount BETWEEN (?) AND (?)',
  ],
  [
    'SELECT * FROM T WHERE Id = COALESCE((123), 0);',
    'SELECT T',
    'SELECT * FROM T WHERE Id = COALESCE((?), ?)',
  ],
  ['SELECT TOP (10) * FROM Employees', 'SELECT Employees', 'SELECT TOP (?) * FROM Employees'],
  [
    "SELECT * FROM table WHERE value IN (-123, .456, 'abc', 0.12, 1e10)",
    'SELECT table',
    'SELECT * FROM table WHERE value IN (?)',
  ],
  [
    "SELECT * FROM table WHERE value IN (0xAB, .456, 'abc')",
    'SELECT table',
    'SELECT * FROM table WHERE value IN (?)',
  ],
  [
    "ALTER  TABLE MyTable 'mypassword' ADD 123 Name varchar(255)",
    'ALTER TABLE MyTable',
    'ALTER TABLE MyTable ? ADD ? Name varchar(?)',
  ],
];

describe('the cases of the semantic conventions', () => {
  it.each(CASES)('%s', (sql, summary, text) => {
    const shape = shapeOf(sql);
    expect(shape.summary).toBe(summary);
    expect(shape.text).toBe(text);
  });

  // Theirs read a sign between two numbers as part of the second and leave out the target of this UPDATE; ours do not.
  it.each([
    ['SELECT 99+100', 'SELECT', 'SELECT ?+?'],
    ['INSERT INTO X VALUES(1, 23456, 99+100)', 'INSERT X', 'INSERT INTO X VALUES(?, ?, ?+?)'],
    ['UPDATE T SET A = (999);', 'UPDATE T', 'UPDATE T SET A = (?)'],
    [
      "SELECT * FROM table WHERE value IN ('abc', 0xAB, .456,",
      'SELECT table',
      'SELECT * FROM table WHERE value IN (?,',
    ],
  ])('%s, read more closely', (sql, summary, text) => {
    expect(shapeOf(sql)).toMatchObject({ summary, text });
  });
});

describe('summaries beyond those cases', () => {
  it.each([
    [
      'with recent as (select * from orders) select * from recent r join users u on u.id = r.user_id',
      'select orders select users',
    ],
    [
      'WITH gone AS (DELETE FROM carts WHERE id = $1 RETURNING *) INSERT INTO old_carts SELECT * FROM gone',
      'DELETE carts INSERT old_carts SELECT',
    ],
    ['SELECT EXTRACT(YEAR FROM created_at), TRIM(BOTH FROM name) FROM users', 'SELECT users'],
    ['SELECT a IS DISTINCT FROM b FROM t', 'SELECT t'],
    ['SELECT * FROM generate_series(1, 10) g, LATERAL (SELECT 1 FROM t) x', 'SELECT SELECT t'],
    ['SELECT * FROM "public"."Author" AS "a" WHERE "a"."id" = $1', 'SELECT public.Author'],
    ['UPDATE ONLY stock SET n = 1 FROM orders WHERE stock.id = orders.stock_id', 'UPDATE stock orders'],
    ['INSERT INTO t (a) VALUES (1) ON CONFLICT (a) DO UPDATE SET a = 2', 'INSERT t'],
    ['DELETE FROM a USING b WHERE a.id = b.id', 'DELETE a b'],
    ['SELECT * FROM a JOIN b USING (id) FOR UPDATE', 'SELECT a b'],
    ['TRUNCATE TABLE logs', 'TRUNCATE logs'],
    ['MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN UPDATE SET a = 1', 'MERGE t s'],
    ['BEGIN', 'BEGIN'],
    ['', ''],
  ])('%s', (sql, summary) => {
    expect(shapeOf(sql).summary).toBe(summary);
  });

  it('ends at a word within 255 characters', () => {
    const tables = Array.from({ length: 40 }, (_, i) => `quite_a_long_name_of_a_table_${i}`);
    const { summary } = shapeOf(`SELECT * FROM ${tables.join(', ')}`);
    expect(summary.length).toBeLessThanOrEqual(255);
    expect(summary.length).toBeGreaterThan(220);
    expect(tables).toContain(summary.split(' ').at(-1));
    expect(shapeOf(`SELECT * FROM ${'v'.repeat(250)} o, d`).summary).toBe('SELECT');
  });
});
