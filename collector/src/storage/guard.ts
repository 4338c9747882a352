/**
 * Looks over a statement before the engine sees it. Embedded ClickHouse is no sandbox: `file()`, `INTO OUTFILE` and a nested
 * SETTINGS work even under `readonly`. So a query is one SELECT that calls listed functions only.
 */
export function statementFaults(sql: string): readonly string[] {
  const code = withoutLiterals(sql);
  const faults: string[] = [];
  if (!/^\s*(SELECT|WITH)\b/i.test(code)) faults.push('is not a SELECT');
  if (code.includes(';')) faults.push('holds a semicolon');
  if (/--|\/\*|#/.test(code)) faults.push('holds a comment');
  for (const word of forbiddenWords) {
    if (new RegExp(`\\b${word}\\b`, 'i').test(code)) faults.push(`holds ${word}`);
  }
  for (const [, name] of code.matchAll(/([A-Za-z_][A-Za-z0-9_]*)\s*\(/g)) {
    if (name !== undefined && !functions.has(name) && !keywords.has(name.toUpperCase())) {
      faults.push(`calls ${name}`);
    }
  }
  return faults;
}

const forbiddenWords: readonly string[] = [
  'INTO',
  'OUTFILE',
  'SETTINGS',
  'FORMAT',
  'INSERT',
  'ALTER',
  'DROP',
  'CREATE',
  'ATTACH',
  'DETACH',
  'RENAME',
  'TRUNCATE',
  'OPTIMIZE',
  'GRANT',
  'INFILE',
];

// Words that stand before a bracket without being a call.
const keywords = words(`
  IN AND OR NOT AS FROM WHERE ON BY SELECT USING HAVING WITH OVER THEN ELSE WHEN BETWEEN
  INTERVAL DISTINCT EXISTS LIMIT JOIN UNION ALL
`);

/** Functions a query may call: none reads a file, a network, another table's metadata or the clock. */
const functions = words(`
  count countIf sum sumIf min minIf max maxIf avg avgIf any anyIf anyLast argMin argMax
  argMaxIf uniqExact uniq groupUniqArray groupArray groupArrayIf quantileDD quantileDDIf quantileExactHigh
  quantilesDD quantilesDDIf quantilesDDState quantilesDDMerge quantilesDDMergeIf quantile quantileIf
  sumForEach sumMap deltaSum deltaSumTimestamp avgWeighted topK toStartOfInterval
  toStartOfMinute toDateTime toDateTime64 toUnixTimestamp toDate toUnixTimestamp64Milli
  toUnixTimestamp64Nano fromUnixTimestamp64Milli fromUnixTimestamp64Nano toString toFloat64
  toFloat64OrNull toInt64 toUInt64 toUInt32 toUInt8 toInt32 toFixedString hex unhex lower
  upper reinterpretAsUInt64 reverse base64Encode if multiIf ifNull nullIf coalesce isNull
  isNotNull assumeNotNull isFinite ifNotFinite greatest least round floor ceil abs intDiv
  modulo length empty notEmpty has hasAny mapContains mapKeys mapValues arrayElement
  arrayMap arrayFilter arraySort arraySlice arrayJoin arrayDistinct arraySum arrayConcat
  arrayFirst arrayExists arrayCumSum arrayFirstIndex tuple tupleElement array range
  positionCaseInsensitive position startsWith match concat substring splitByChar sipHash64
  row_number lagInFrame lag currentDatabase mapFilter map cityHash64 neighbor
`);

/** Text of the statement with the insides of literals and of bound parameters taken out. */
function withoutLiterals(sql: string): string {
  return sql
    .replaceAll(/'(?:[^'\\]|\\.|'')*'/g, "''")
    .replaceAll(/\{[a-zA-Z_][a-zA-Z0-9_]*:[A-Za-z0-9_(), ']+\}/g, '?');
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}
