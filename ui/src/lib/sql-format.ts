import { formatDialect, mysql, postgresql, sql, sqlite } from 'sql-formatter';

/** Longer statements are shown as they came: laying them out would block the page. */
export const formatCharsMax = 20_000;

/** The rest (HTTP calls, cache commands, documents) would only be torn apart. */
const looksLikeSql =
  /^\s*(?:\(|(?:with|select|insert|update|delete|replace|merge|create|alter|drop|truncate|explain|call)\s)/i;

const dialects = new Map([
  ['postgresql', postgresql],
  ['mysql', mysql],
  ['mariadb', mysql],
  ['sqlite', sqlite],
]);

/** The statement laid out over lines; as it is when it is no SQL that the formatter can read. */
export function formatSql(text: string, system: string): string {
  if (text.length > formatCharsMax || !looksLikeSql.test(text)) return text;
  // Masked statements hold `?` whatever the dialect, and numbered parameters keep their form.
  const paramTypes = { positional: true, numbered: ['$' as const], custom: [{ regex: '\\$\\d+' }] };
  try {
    return formatDialect(text, { dialect: dialects.get(system) ?? sql, paramTypes, keywordCase: 'upper' });
  } catch {
    return text;
  }
}
