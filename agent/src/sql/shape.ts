import { hash32 } from './hash.ts';
import { Lexer } from './lexer.ts';
import { Predicates } from './predicates.ts';
import { ShapeCache } from './shape-cache.ts';
import { withoutOuterComments } from './tags.ts';
import { Targets } from './targets.ts';
import { TokenList } from './token-list.ts';
import type { SqlDialect, SqlShape } from './types.ts';
import { verbOf } from './words.ts';

const CONSTANTS = new Set(['NULL', 'TRUE', 'FALSE']);
const EXECUTE_SQL = /^\s*exec(?:ute)?\s+(?:sys\.)?sp_executesql\s+(?:@\w+\s*=\s*)?N?'/i;

const cache = new ShapeCache();

/** The shape of a statement: one pass, linear in its length, never throws. */
export function shapeOf(sql: string, dialect: SqlDialect = 'unknown'): SqlShape {
  const { text, tags } = withoutOuterComments(sql);
  let shape = cache.get(text, dialect);
  if (shape === undefined) {
    shape = scan(unwrapped(text), dialect);
    if (shape.literals < 2) cache.set(text, dialect, shape);
  }
  return Object.keys(tags).length === 0 ? shape : { ...shape, tags };
}

interface Values {
  placeholders: number;
  literals: number;
  literalHash: number;
}

function scan(sql: string, dialect: SqlDialect): SqlShape {
  const cut = cutEllipsis(sql);
  const lexer = new Lexer(sql, dialect, cut.end);
  const tokens = new TokenList();
  const predicates = new Predicates();
  const targets = new Targets();
  const values: Values = { placeholders: 0, literals: 0, literalHash: 0 };
  let isEndPending = false;
  let lastWord = '';
  while (lexer.next() && !(lexer.isDoubtful && lexer.kind === 'literal')) {
    if (lexer.kind === 'punct' && lexer.code === 59) {
      isEndPending = true;
      continue;
    }
    // What touches the ellipsis is half a token.
    if (cut.isCut && lexer.stop === cut.end && lexer.kind !== 'punct') break;
    if (isEndPending) {
      tokens.endStatement();
      targets.endStatement();
      isEndPending = false;
    }
    const text = textOf(lexer, { values, lastWord });
    tokens.add(lexer, text);
    predicates.read(lexer, text);
    targets.read(lexer, text);
    openList(tokens, lexer, lastWord);
    lastWord = lexer.kind === 'word' ? lexer.word : '';
    if (tokens.isFull && values.literals + values.placeholders > 0 && lexer.stop > SCAN_MAX) break;
  }
  targets.finish();
  const isTruncated = tokens.dropTail() || cut.isCut || lexer.isDoubtful || tokens.isFull;
  return {
    text: tokens.text(isTruncated),
    fingerprint: tokens.fingerprint(),
    summary: targets.summary,
    operation: targets.operation,
    verb: targets.hasWrite ? 'write' : verbOf(targets.operation),
    tables: targets.tables,
    equalities: predicates.equalities,
    predicateColumns: predicates.columns,
    hasIn: predicates.hasIn,
    inArity: tokens.inArity,
    rows: tokens.rows,
    hasWhere: predicates.hasWhere,
    hasOffset: predicates.hasOffset,
    hasOrderBy: predicates.hasOrderBy,
    hasLimit: predicates.hasLimit,
    isLimitOne: predicates.isLimitOne,
    isKeyset: predicates.isKeyset,
    placeholders: values.placeholders,
    literals: values.literals,
    literalHash: values.placeholders > 0 ? 0 : values.literalHash,
    isTruncated,
    tags: {},
  };
}

/** A text that has long filled its shape is not read to its end: one huge bulk statement must not hold the thread. */
const SCAN_MAX = 1_048_576;

function textOf(lexer: Lexer, context: { values: Values; lastWord: string }): string {
  const { values, lastWord } = context;
  const isConstant =
    lexer.kind === 'word' && CONSTANTS.has(lexer.word) && lastWord !== 'IS' && lastWord !== 'NOT';
  if (lexer.kind === 'literal' || isConstant) {
    values.literals++;
    values.literalHash = hash32(values.literalHash, isConstant ? lexer.word : lexer.slice());
    return '?';
  }
  if (lexer.kind !== 'placeholder') return lexer.slice();
  values.placeholders++;
  return '?';
}

function openList(tokens: TokenList, lexer: Lexer, lastWord: string): void {
  if (lexer.kind === 'punct' && lexer.code === 40 && lastWord === 'IN') tokens.openList('in', lexer.depth);
  else if (lexer.kind === 'punct' && lexer.code === 91 && lastWord === 'ARRAY')
    tokens.openList('array', lexer.depth);
  else if (lexer.kind === 'word' && lexer.word === 'VALUES') tokens.openList('values', lexer.depth);
}

/** Instrumentations cut long statements and mark it with dots. */
function cutEllipsis(sql: string): { end: number; isCut: boolean } {
  let end = sql.length;
  while (end > 0 && sql.charCodeAt(end - 1) <= 32) end--;
  const full = end;
  while (end > 0 && (sql.charCodeAt(end - 1) === 46 || sql.charCodeAt(end - 1) === 0x2026)) end--;
  const isCut = full - end >= 2 || (full > end && sql.charCodeAt(end) === 0x2026);
  return isCut ? { end, isCut } : { end: sql.length, isCut };
}

/** SQL Server clients send `exec sp_executesql N'<statement>', ...`: the statement is inside. */
function unwrapped(sql: string): string {
  const head = EXECUTE_SQL.exec(sql);
  if (head === null) return sql;
  let stop = head[0].length;
  while (stop < sql.length) {
    if (sql.charCodeAt(stop) === 39) {
      if (sql.charCodeAt(stop + 1) !== 39) break;
      stop++;
    }
    stop++;
  }
  return sql.slice(head[0].length, stop).replaceAll("''", "'");
}
