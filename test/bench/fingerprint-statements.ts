import type { SqlDialect } from '@nightjar/agent/sql';

export interface BenchStatement {
  readonly dialect: SqlDialect;
  readonly sql: string;
}

const LENGTH_MIN = 108;
const LENGTH_MAX = 132;
const TABLES = [
  'orders',
  'users',
  'order_items',
  'invoices',
  'products',
  'audit_events',
  'sessions',
  'payments',
];

type Template = (table: string, other: string) => string;

/** As the usual libraries write them: node-postgres, Prisma, TypeORM, Sequelize, Django, Rails, EF Core, Hibernate. */
const TEMPLATES: Readonly<Record<Exclude<SqlDialect, 'unknown'>, readonly Template[]>> = {
  postgresql: [
    (t, o) =>
      `SELECT id, customer_id, status, total_cents, created_at FROM ${t} WHERE ${o}_id = $1 ORDER BY created_at DESC LIMIT $2`,
    (t) =>
      `SELECT "${t}"."id", "${t}"."name", "${t}"."price" FROM "public"."${t}" WHERE "${t}"."id" IN ($1,$2,$3,$4) OFFSET $5`,
    (t, o) =>
      `SELECT "${t}".* FROM "${t}" INNER JOIN "${o}" ON "${o}"."id" = "${t}"."${o}_id" WHERE "${o}"."email" = 'ann@example.com' LIMIT 1`,
    (t) =>
      `INSERT INTO ${t} (id, customer_id, amount, note) VALUES ($1, $2, $3, $4), ($5, $6, $7, $8) RETURNING id, created_at`,
    (t) =>
      `UPDATE "${t}" SET "status" = 'paid', "updated_at" = now() WHERE "${t}"."id" = 48213 AND "version" = 7`,
    (t, o) =>
      `SELECT count(*) FROM ${t} a LEFT JOIN ${o} b ON a.id = b.parent_id WHERE a.kind = $1 AND b.deleted_at IS NULL`,
    (t, o) =>
      `WITH recent AS (SELECT id FROM ${t} WHERE created_at > now() - interval '7 days') SELECT ${o}.id FROM ${o} JOIN recent USING (id)`,
    (t) =>
      `DELETE FROM ${t} WHERE expires_at < $1::timestamptz AND owner_id = ANY($2::uuid[]) AND is_locked = false`,
  ],
  mysql: [
    (t) =>
      `SELECT \`${t}\`.\`id\`, \`${t}\`.\`email\` FROM \`${t}\` WHERE \`${t}\`.\`account_id\` = ? AND \`${t}\`.\`state\` = 'open' LIMIT 1`,
    (t) =>
      `INSERT INTO \`${t}\` (\`id\`,\`name\`,\`created_at\`) VALUES (DEFAULT,'Ann','2026-03-01 10:00:00'),(DEFAULT,'Bob','2026-03-01 10:00:01')`,
    (t, o) =>
      `SELECT t0.id, t0.title FROM ${t} t0 LEFT OUTER JOIN ${o} t1 ON t0.${o}_id = t1.id WHERE t1.slug = "north-sea" ORDER BY t0.id`,
    (t) =>
      `UPDATE ${t} SET stock = stock - 1, updated_at = NOW() WHERE id = 88120 AND stock >= 1 AND shop_id = 12`,
    (t) =>
      `SELECT id, name FROM ${t} WHERE parent_id IN (101, 102, 103, 104, 105, 106) AND is_hidden = 0 ORDER BY position`,
    (t) =>
      `DELETE FROM \`${t}\` WHERE \`session_key\` = 'k7h2m9x41' OR (\`expires\` < 1767225600 AND \`user_id\` IS NULL)`,
  ],
  sqlite: [
    (t) =>
      `SELECT "${t}"."id", "${t}"."title", "${t}"."author_id" FROM "${t}" WHERE "${t}"."author_id" = 42 ORDER BY "${t}"."id" ASC LIMIT 21`,
    (t) =>
      `INSERT INTO ${t} (key, value, updated_at) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
    (t, o) =>
      `SELECT a.id, b.name FROM ${t} AS a, ${o} AS b WHERE a.id = b.${t}_id AND b.rank BETWEEN 3 AND 9 LIMIT 50 OFFSET 100`,
    (t) =>
      `UPDATE ${t} SET seen_at = :now, visits = visits + 1 WHERE id = :id AND (seen_at IS NULL OR seen_at < :now)`,
  ],
  mssql: [
    (t, o) =>
      `SELECT TOP(1) [t].[Id], [t].[Name] FROM [dbo].[${t}] AS [t] WHERE [t].[${o}Id] = @__id_0 AND [t].[IsDeleted] = CAST(0 AS bit)`,
    (t) =>
      `SET NOCOUNT ON; INSERT INTO [${t}] ([Id], [Total], [Note]) OUTPUT INSERTED.[Id] VALUES (@p0, @p1, N'none');`,
    (t) =>
      `SELECT [Id], [CreatedAt] FROM [${t}] ORDER BY [CreatedAt] DESC OFFSET @__p_0 ROWS FETCH NEXT @__p_1 ROWS ONLY`,
    (t) =>
      `UPDATE [${t}] SET [Amount] = @p0, [RowVersion] = [RowVersion] + 1 WHERE [Id] = @p1 AND [RowVersion] = @p2`,
  ],
  oracle: [
    (t) =>
      `select o1_0.id, o1_0.name, o1_0.total from ${t} o1_0 where o1_0.customer_id=? and o1_0.state='SENT' fetch first 10 rows only`,
    (t, o) =>
      `SELECT A.ID, B.CODE FROM SALES.${t.toUpperCase()} A JOIN SALES.${o.toUpperCase()} B ON A.ID = B.${t.toUpperCase()}_ID WHERE A.REGION_ID = :1 AND ROWNUM <= 20`,
    (t) =>
      `MERGE INTO ${t} d USING (SELECT :1 id, :2 qty FROM dual) s ON (d.id = s.id) WHEN MATCHED THEN UPDATE SET d.qty = s.qty`,
    (t) =>
      `INSERT INTO ${t} (id, label, price) VALUES (${t}_seq.NEXTVAL, q'[it's new]', TO_NUMBER(:price)) RETURNING id INTO :id`,
  ],
};

const DIALECTS = ['postgresql', 'mysql', 'sqlite', 'mssql', 'oracle'] as const;

/** Distinct statements of all dialects, about 120 characters long; `marked` makes a set that shares none with another mark's. */
export function benchStatements(mark: string): readonly BenchStatement[] {
  const statements: BenchStatement[] = [];
  for (const dialect of DIALECTS) {
    for (const template of TEMPLATES[dialect]) {
      for (const [index, table] of TABLES.entries()) {
        const other = TABLES[(index + 3) % TABLES.length] ?? table;
        const sql = flat(template(`${table}${mark}`, other));
        if (sql.length >= LENGTH_MIN && sql.length <= LENGTH_MAX) statements.push({ dialect, sql });
      }
    }
  }
  return statements;
}

/** One block of characters, as a driver or a decoder hands it over, instead of a tree of parts. */
function flat(text: string): string {
  return Buffer.from(text).toString('latin1');
}
