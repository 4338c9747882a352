import { formatDialect, mysql, postgresql, sql, sqlite } from 'sql-formatter';

/** Longer statements are shown as they came: laying them out would block the page. */
export const formatCharsMax = 20_000;

const dialects = new Map([
  ['postgresql', postgresql],
  ['mysql', mysql],
  ['mariadb', mysql],
  ['sqlite', sqlite],
]);

/** The statement laid out over lines; as it is when it is no SQL that the formatter can read. */
export function formatSql(text: string, system: string): string {
  if (text.length > formatCharsMax) return text;
  // Masked statements hold `?` whatever the dialect, and numbered parameters keep their form.
  const paramTypes = { positional: true, numbered: ['$' as const], custom: [{ regex: '\\$\\d+' }] };
  try {
    return formatDialect(text, { dialect: dialects.get(system) ?? sql, paramTypes, keywordCase: 'upper' });
  } catch {
    return text;
  }
}
