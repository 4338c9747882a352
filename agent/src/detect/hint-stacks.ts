/** How one stack is recognised and how its users mend a loop. `{table}`, `{column}`, `{relation}` and `{model}` are filled in. */
export interface StackHint {
  readonly stack: string;
  /** Against the instrumentation scopes and span names around the call. */
  readonly marks?: RegExp;
  /** Against the statement, when nothing else tells the stack. */
  readonly statement?: RegExp;
  /** Where the style of the statement alone is no proof: against the same marks. */
  readonly within?: RegExp;
  /** The loop looks up one row by its own key. */
  readonly one: string;
  /** The loop reads the rows that belong to one parent. */
  readonly many: string;
  readonly write: string;
}

const JOIN = 'one query with a join, or `WHERE {column} IN (...)` over all ids (`= ANY($1)` on Postgres)';

/** Libraries for Node that leave nothing but their style of SQL on the driver's spans. */
const NODE_DRIVER = /@opentelemetry\/instrumentation-(?:pg|mysql2?|tedious|oracledb)\b|@nightjar\/pg\b/;

/** The first row whose marks match is used, else the first whose statement does; the last one always serves. */
export const STACKS: readonly StackHint[] = [
  {
    stack: 'GraphQL',
    marks: /graphql\.resolve|instrumentation-graphql/i,
    one: 'Give the resolver a DataLoader made once a request, so that the ids of all parents are read with `WHERE {column} IN (...)` on `{table}`. A loader made inside the resolver does not batch.',
    many: 'Give the resolver a DataLoader made once a request that reads `{table}` for all parents with `WHERE {column} IN (...)` and splits the rows by `{column}`.',
    write: 'Collect the writes of the mutation and send them to `{table}` as one statement.',
  },
  {
    stack: 'Prisma',
    marks: /prisma/i,
    one: 'Add `include: { {relation}: true }` (or `select`) to the query that loads the parents, or read all rows of `{table}` at once with `findMany({ where: { {column}: { in: ids } } })`.',
    many: 'Add `include: { {table}: true }` to the query that loads the parents, or read `{table}` once with `findMany({ where: { {column}: { in: ids } } })`.',
    write: 'Use `createMany` or `updateMany` on `{table}`, or put the writes into one `$transaction([...])`.',
  },
  {
    stack: 'Django',
    marks: /django/i,
    statement:
      /^SELECT (?:DISTINCT )?(["`]\w+["`])\.["`]\w+["`](?:, \1\.["`]\w+["`])* FROM \1(?= |$)|^SELECT COUNT\(\*\) AS "__count"|^UPDATE (["`]\w+["`]) SET .* WHERE \2\.|^INSERT INTO (["`]\w+["`]) .* RETURNING \3\./,
    within: /opentelemetry\.instrumentation\.(?:psycopg|mysqlclient|pymysql|sqlite3|dbapi)/,
    one: "Add `select_related('{model}')` to the queryset that loads the parents, or read `{table}` once by `{column}` with `in_bulk(ids)`.",
    many: "Add `prefetch_related('{model}_set')`, or what `related_name` calls it, to the queryset that loads the parents: `{table}` is read by `{column}` for each of them (for numbers `annotate(Count(...))`).",
    write: 'Use `bulk_create` or `bulk_update` on `{table}`.',
  },
  {
    stack: 'SQLAlchemy',
    marks: /sqlalchemy/i,
    one: 'Load `{relation}` with the parents: `options(joinedload(...))`, or `selectinload(...)`; `raiseload` finds the next one.',
    many: 'Load `{table}` with the parents: `options(selectinload(...))` on the relationship over `{column}`.',
    write: 'Write `{table}` with one `session.execute(insert(...), rows)`.',
  },
  {
    stack: 'Rails',
    marks:
      /activerecord|active_record|actionview|action_view|OpenTelemetry::Instrumentation::(?:PG|Mysql2|Trilogy|Rails)/i,
    one: 'Add `includes(:{relation})` (or `preload`) to the relation that loads the parents.',
    many: 'Add `includes(:{table})` to the relation that loads the parents; for counts a `counter_cache`.',
    write: 'Use `insert_all` or `upsert_all` on `{table}`.',
  },
  {
    stack: 'Laravel',
    marks: /laravel|eloquent|doctrine|OpenTelemetry\.Instrumentation\.PDO/i,
    one: "Eager-load `{relation}` with the parents: `with('{relation}')`; `Model::preventLazyLoading()` finds the next one.",
    many: "Eager-load `{table}` with the parents: `with('{table}')`, or `withCount` when only the number is shown.",
    write: 'Use `insert([...])` or `upsert([...])` with all rows of `{table}`.',
  },
  {
    stack: 'Hibernate',
    marks: /hibernate|spring-data|jdbc|r2dbc/i,
    one: 'Load `{table}` with its owner: `JOIN FETCH` or `@EntityGraph`; or set `@BatchSize` or `hibernate.default_batch_fetch_size`, so that rows come by `{column} in (...)`.',
    many: 'Load the collection over `{column}` with its owner: `JOIN FETCH` or `@EntityGraph`, or `@BatchSize` on the collection of `{table}`.',
    write:
      'Set `hibernate.jdbc.batch_size` and use a SEQUENCE for the keys of `{table}`, so that the writes go out in batches.',
  },
  {
    stack: 'EF Core',
    marks: /entityframework|efcore/i,
    statement: /@__\w+_\d/,
    one: 'Load `{table}` with its owner by `.Include(...)`, or read all rows by `ids.Contains(x.{column})`.',
    many: 'Load `{table}` with its owner by `.Include(...)`, with `.AsSplitQuery()` for large collections.',
    write: 'Use `AddRange` and one `SaveChanges`, or `ExecuteUpdate` on `{table}`.',
  },
  {
    stack: 'TypeORM',
    marks: /typeorm/i,
    statement:
      /"(\w+)"\."\w+" AS "\1_\w+"|^SELECT COUNT\(.*\) AS "cnt" FROM "\w+" "\w+"|^INSERT INTO "\w+"\("|^UPDATE "\w+" SET (?:"\w+" = \?(?:, )?)+ WHERE "\w+" = \?$/,
    within: NODE_DRIVER,
    one: 'Name the relation in `relations` (or `leftJoinAndSelect`), or read `{table}` once with `findBy({ {column}: In(ids) })`.',
    many: 'Name `{table}` in `relations` of the query that loads the parents, or read it once with `In(ids)` on `{column}`.',
    write: 'Write `{table}` with one `insert().values([...])`.',
  },
  {
    stack: 'Sequelize',
    marks: /sequelize/i,
    statement:
      /^SELECT .* FROM ("\w+"|`\w+`) AS ["`][A-Z]\w*["`](?= |$)|^UPDATE ["`]\w+["`] SET ["`]\w+["`]=\?|^INSERT INTO ["`]\w+["`] \(["`]\w+["`](?:,["`]\w+["`])*\) VALUES \(/,
    within: NODE_DRIVER,
    one: 'Add `include` of `{relation}` to the query that loads the parents, or read `{table}` with `{ where: { {column}: ids } }`.',
    many: 'Add `include` of `{table}` to the query that loads the parents, or read it once with `{ where: { {column}: ids } }` (for numbers with `group`).',
    write: 'Use `bulkCreate` on `{table}`, with `updateOnDuplicate` for updates.',
  },
  {
    stack: 'MikroORM',
    marks: /mikro/i,
    statement: /^select .* from (["`])\w+\1 as \1[a-z]\d+\1/,
    within: NODE_DRIVER,
    one: 'Add `populate` of `{relation}` to the query that loads the parents, read `{table}` once with `{ {column}: { $in: ids } }`, or set `dataloader: DataloaderType.ALL`.',
    many: 'Add `populate` of `{table}` (over `{column}`) to the query that loads the parents, or set `dataloader: DataloaderType.ALL`.',
    write: 'Use `insertMany` on `{table}`, or one `flush` at the end.',
  },
  {
    stack: 'GORM',
    marks: /gorm|otelsql|sqlx/i,
    one: 'Load `{table}` with its owner by `Preload` or `Joins`, or with `WHERE {column} IN ?`.',
    many: 'Load `{table}` with its owner by `Preload`.',
    write: 'Use `CreateInBatches` on `{table}`.',
  },
  {
    stack: 'Drizzle',
    marks: /drizzle/i,
    statement:
      /^(?:select .* from|delete from|update) (["`]\w+["`])(?: \1)? (?:set .* )?where \(*\1\.|^insert into ["`]\w+["`] \(.*\) values \((?:\?, )*default\b/,
    within: NODE_DRIVER,
    one: 'Read all rows of `{table}` once with `inArray({table}.{column}, ids)`, or name the relation in `with` of the query.',
    many: 'Read `{table}` once with `inArray({table}.{column}, ids)`, or name it in `with` of the query that loads the parents.',
    write: 'Give `insert({table}).values([...])` all rows at once.',
  },
  {
    stack: 'Knex',
    marks: /knex/i,
    one: "Read all rows of `{table}` once with `whereIn('{column}', ids)`, or join `{table}` to the query that loads the parents.",
    many: "Read `{table}` once with `whereIn('{column}', ids)` and split the rows by `{column}`, or join it.",
    write: 'Give `insert([...])` all rows of `{table}` at once, or `batchInsert`.',
  },
  {
    stack: 'SQL',
    one: `Read all rows of \`{table}\` before the loop: ${JOIN}.`,
    many: `Read the rows of \`{table}\` for all parents before the loop and split them by \`{column}\`: ${JOIN}.`,
    write:
      'Write all rows of `{table}` in one statement: `INSERT ... VALUES` with many rows, or `UPDATE ... FROM (VALUES ...)` / `unnest($1, $2)`.',
  },
];
