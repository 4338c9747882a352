/** Statements that write. Names come from this program; still they are checked, and text is quoted here and nowhere else. */

const namePattern = /^[a-z][a-z0-9_]{0,63}$/;

export function identifier(name: string): string {
  if (!namePattern.test(name)) throw new Error(`not a table or column name: ${JSON.stringify(name)}`);
  return name;
}

export function literal(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

export interface InsertTarget {
  readonly table: string;
  readonly columns: readonly string[];
  readonly token: string;
}

/**
 * Head of an insert that counts once, in the table and in the views behind it, however often it is sent.
 * One thread and one block: the token then names the same rows every time.
 */
export function insertHead(target: InsertTarget): string {
  const columns = target.columns.map(identifier).join(', ');
  return [
    `INSERT INTO ${identifier(target.table)} (${columns})`,
    `SETTINGS insert_deduplication_token = ${literal(target.token)},`,
    'deduplicate_blocks_in_dependent_materialized_views = 1, async_insert = 0,',
    'max_threads = 1, max_insert_threads = 1, max_insert_block_size = 16777216,',
    'min_insert_block_size_rows = 16777216, min_insert_block_size_bytes = 1073741824',
  ].join(' ');
}

export function insertFromFile(target: InsertTarget, path: string): string {
  // The table function reads these as patterns.
  if (/[*?{}]/.test(path)) throw new Error(`path holds a pattern character (* ? { }): ${path}`);
  const columns = target.columns.map(identifier).join(', ');
  return `${insertHead(target)} SELECT ${columns} FROM file(${literal(path)}, Native)`;
}

/** Rows as JSON inside the statement: `input()` yields nothing in the embedded engine. Fixed strings travel as hex. */
export function insertFromRows(
  target: InsertTarget,
  types: ReadonlyMap<string, string>,
  rows: readonly Readonly<Record<string, unknown>>[],
): string {
  const structure: string[] = [];
  const selected: string[] = [];
  for (const column of target.columns) {
    const type = types.get(column);
    if (type === undefined) throw new Error(`table ${target.table} has no column ${JSON.stringify(column)}`);
    structure.push(`${identifier(column)} ${type.replaceAll(/FixedString\(\d+\)/g, 'String')}`);
    selected.push(fromJson(column, type));
  }
  for (const row of rows) checkColumns(row, target.columns);
  const body = rows.map(jsonRow).join('\n');
  return (
    `${insertHead(target)} SELECT ${selected.join(', ')} ` +
    `FROM format(JSONEachRow, ${literal(structure.join(', '))}, ${literal(body)})`
  );
}

// A column that some rows lack would be zero there without a word.
function checkColumns(row: Readonly<Record<string, unknown>>, columns: readonly string[]): void {
  const strange = Object.keys(row).find((name) => !columns.includes(name));
  const missing = columns.find((name) => row[name] === undefined);
  if (strange !== undefined || missing !== undefined) {
    throw new Error(`rows differ in column ${strange ?? missing ?? ''}`);
  }
}

function fromJson(column: string, type: string): string {
  if (type.startsWith('FixedString')) return `unhex(${column})`;
  if (type.startsWith('Array(FixedString')) return `arrayMap(item -> unhex(item), ${column})`;
  return column;
}

function jsonRow(row: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(row, (_key, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
}
