import { Lexer } from './lexer.ts';
import type { SqlDialect } from './types.ts';

/**
 * The statement with every string and number replaced by `?`, for export and storage. A text without any is returned
 * as it is, the same string. On doubt (a quote that does not close) the rest is cut.
 */
export function maskLiterals(sql: string, dialect: SqlDialect = 'unknown'): string {
  const lexer = new Lexer(sql, dialect);
  let masked = '';
  let kept = 0;
  while (lexer.next()) {
    if (lexer.kind !== 'literal') continue;
    masked += sql.slice(kept, lexer.start);
    if (lexer.isDoubtful) return `${masked}...`;
    masked += '?';
    kept = lexer.stop;
  }
  // An unclosed comment ends the reading before it; what it holds is cut.
  if (lexer.isDoubtful) return masked + sql.slice(kept, lexer.start);
  return kept === 0 ? sql : masked + sql.slice(kept);
}
