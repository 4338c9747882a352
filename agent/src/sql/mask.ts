import { Lexer } from './lexer.ts';
import { withoutOuterComments } from './tags.ts';
import type { SqlDialect } from './types.ts';

/**
 * The statement with every string and number replaced by `?`, for export and storage; names, placeholders and layout stay.
 * Comments go too, for nobody knows what they hold, but for optimiser hints and the tags of sqlcommenter that may be kept.
 * A text without any of these is returned as it is. On doubt (a quote that does not close) the rest is cut.
 */
export function maskLiterals(sql: string, dialect: SqlDialect = 'unknown'): string {
  const { text, tags } = withoutOuterComments(sql);
  const masked = maskedBody(text, dialect);
  if (text === sql) return masked;
  const kept = Object.entries(tags).map(([key, value]) => `${key}='${encodeURIComponent(value)}'`);
  return kept.length === 0 ? masked : `${masked} /*${kept.join(',')}*/`;
}

function maskedBody(sql: string, dialect: SqlDialect): string {
  const lexer = new Lexer(sql, dialect);
  let masked = '';
  let copied = 0;
  let stop = 0;
  while (lexer.next()) {
    if (lexer.start > stop && isComment(sql, stop, lexer.start)) {
      masked += `${sql.slice(copied, stop)} `;
      copied = lexer.start;
    }
    stop = lexer.stop;
    if (lexer.kind !== 'literal') continue;
    masked += sql.slice(copied, lexer.start);
    if (lexer.isDoubtful) return `${masked}...`;
    masked += '?';
    copied = lexer.stop;
  }
  // A comment at the end, closed or not, goes as well.
  if (lexer.isDoubtful || isComment(sql, stop, sql.length)) return masked + sql.slice(copied, stop);
  return copied === 0 ? sql : masked + sql.slice(copied);
}

/** Between two tokens lies nothing but white space and comments. */
function isComment(sql: string, from: number, to: number): boolean {
  const gap = sql.slice(from, to).trim();
  return gap !== '' && !gap.startsWith('/*+');
}
