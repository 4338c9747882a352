/** Rows parsed at one go; then requests are let in between. */
const rowsPerTurn = 500;

/** Rows of `JSONEachRow`: a line each. A large answer does not hold the event loop. */
export async function readRows<Row>(text: string, parse: (row: unknown) => Row): Promise<Row[]> {
  const rows: Row[] = [];
  for (let from = 0; from < text.length;) {
    const end = text.indexOf('\n', from);
    const line = text.slice(from, end < 0 ? text.length : end);
    from = end < 0 ? text.length : end + 1;
    if (line === '') continue;
    const row: unknown = JSON.parse(line);
    rows.push(parse(row));
    if (rows.length % rowsPerTurn === 0) await new Promise(setImmediate);
  }
  return rows;
}
