import { Lexer } from './lexer.ts';
import * as tagsModule from './tags.ts';
import * as textCharactersModule from './text-characters.ts';
import * as tokensModule from './tokens.ts';
import type { SqlDialect } from './types.ts';

// Constants of this module, for the reason given in tokens.ts.
const { withoutOuterComments } = tagsModule;
const { CHARACTERS_MAX, charactersOf } = textCharactersModule;
const { KIND, LITERAL } = tokensModule;

// One text is masked at a time, from its start to its end.
const lexer = new Lexer();

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
  const end = Math.min(sql.length, CHARACTERS_MAX);
  lexer.restart(sql, charactersOf(sql), { dialect, end });
  let masked = '';
  let copied = 0;
  let stop = 0;
  while (lexer.fill()) {
    for (let i = 1; i <= lexer.count; i++) {
      const start = lexer.starts[i] ?? 0;
      if (start > stop && isComment(sql, stop, start)) {
        masked += `${sql.slice(copied, stop)} `;
        copied = start;
      }
      stop = lexer.stops[i] ?? 0;
      if (((lexer.kinds[i] ?? 0) & KIND) !== LITERAL) continue;
      masked += `${sql.slice(copied, start)}?`;
      copied = stop;
    }
  }
  return masked + tailOf(sql, { copied, stop, end });
}

/** What stands behind the last value: as it is, or cut where a quote does not close. */
function tailOf(sql: string, { copied, stop, end }: { copied: number; stop: number; end: number }): string {
  const cut = lexer.cutStart;
  if (cut >= 0)
    return cut > stop && isComment(sql, stop, cut)
      ? `${sql.slice(copied, stop)} ...`
      : `${sql.slice(copied, cut)}...`;
  if (end < sql.length) return `${sql.slice(copied, stop)}...`;
  // A comment at the end, closed or not, goes as well.
  if (lexer.isDoubtful || isComment(sql, stop, sql.length)) return sql.slice(copied, stop);
  return sql.slice(copied);
}

/** Between two tokens lies nothing but white space and comments. */
function isComment(sql: string, from: number, to: number): boolean {
  if (to - from === 1 && sql.charCodeAt(from) === 32) return false;
  const gap = sql.slice(from, to).trim();
  return gap !== '' && !gap.startsWith('/*+');
}
