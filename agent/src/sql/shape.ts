import { hash32 } from './hash.ts';
import { Lexer } from './lexer.ts';
import { Predicates } from './predicates.ts';
import { ShapeCache } from './shape-cache.ts';
import { hasOuterComment, withoutOuterComments } from './tags.ts';
import { Targets } from './targets.ts';
import { TokenList } from './token-list.ts';
import type { SqlDialect, SqlShape } from './types.ts';
import { CONSTANT, verbOf } from './words.ts';

const EXECUTE_SQL = /^\s*exec(?:ute)?\s+(?:sys\.)?sp_executesql\s+(?:@\w+\s*=\s*)?N?'/i;

const cache = new ShapeCache();

// One scan runs at a time, from its start to its end: its readers serve all of them.
const tokens = new TokenList();
const predicates = new Predicates();
const targets = new Targets();
const NO_TAGS: Readonly<Record<string, string>> = Object.freeze({});

/** The shape of a statement: one pass, linear in its length, never throws. */
export function shapeOf(sql: string, dialect: SqlDialect = 'unknown'): SqlShape {
  if (!hasOuterComment(sql)) return bareShapeOf(sql, dialect);
  const { text, tags } = withoutOuterComments(sql);
  const shape = bareShapeOf(text, dialect);
  return Object.keys(tags).length === 0 ? shape : { ...shape, tags };
}

function bareShapeOf(text: string, dialect: SqlDialect): SqlShape {
  let shape = cache.get(text, dialect);
  if (shape === undefined) {
    shape = scan(unwrapped(text), dialect);
    if (shape.literals < 2) cache.set(text, dialect, shape);
  }
  return shape;
}

interface Values {
  placeholders: number;
  literals: number;
  literalHash: number;
}

interface Cut {
  readonly end: number;
  readonly isCut: boolean;
}

/** A text that has long filled its shape is not read to its end: one huge bulk statement must not hold the thread. */
const SCAN_MAX = 131_072;

/** Hands each token to the readers; the values are those of the whole text, or unknown where it was left before its end. */
function readTokens(lexer: Lexer, cut: Cut): Values {
  const values: Values = { placeholders: 0, literals: 0, literalHash: 0 };
  let isEndPending = false;
  let lastWord = '';
  while (lexer.next() && !(lexer.isDoubtful && lexer.kind === 'literal')) {
    if (lexer.mark === 59) {
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
    const isValue = countValue(lexer, { values, lastWord });
    tokens.add(lexer, isValue);
    predicates.read(lexer, isValue);
    targets.read(lexer, isValue);
    openList(lexer, lastWord);
    lastWord = lexer.word;
    if (tokens.isFull && lexer.stop > SCAN_MAX) return { ...values, literalHash: 0 };
  }
  if (values.placeholders > 0) values.literalHash = 0;
  return values;
}

function scan(sql: string, dialect: SqlDialect): SqlShape {
  const cut = cutEllipsis(sql);
  const lexer = new Lexer(sql, dialect, cut.end);
  tokens.restart(sql);
  predicates.restart();
  targets.restart();
  const values = readTokens(lexer, cut);
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
    literalHash: values.literalHash,
    isTruncated,
    tags: NO_TAGS,
  };
}

/** Whether the token shows as `?`. */
function countValue(lexer: Lexer, { values, lastWord }: { values: Values; lastWord: string }): boolean {
  if (lexer.kind === 'placeholder') {
    values.placeholders++;
    return true;
  }
  const isConstant = (lexer.bits & CONSTANT) !== 0 && lastWord !== 'IS' && lastWord !== 'NOT';
  if (lexer.kind !== 'literal' && !isConstant) return false;
  values.literals++;
  values.literalHash = isConstant
    ? hash32(values.literalHash, lexer.word)
    : hash32(values.literalHash, lexer.text, lexer);
  return true;
}

function openList(lexer: Lexer, lastWord: string): void {
  if (lexer.word === 'VALUES') tokens.openList('values', lexer.depth);
  else if (lexer.mark === 40 && lastWord === 'IN') tokens.openList('in', lexer.depth);
  else if (lexer.mark === 91 && lastWord === 'ARRAY') tokens.openList('array', lexer.depth);
}

/** Instrumentations cut long statements and mark it with dots. */
function cutEllipsis(sql: string): Cut {
  let end = sql.length;
  while (end > 0 && sql.charCodeAt(end - 1) <= 32) end--;
  const full = end;
  while (end > 0 && (sql.charCodeAt(end - 1) === 46 || sql.charCodeAt(end - 1) === 0x2026)) end--;
  const isCut = full - end >= 2 || (full > end && sql.charCodeAt(end) === 0x2026);
  return isCut ? { end, isCut } : { end: sql.length, isCut };
}

/** SQL Server clients send `exec sp_executesql N'<statement>', ...`: the statement is inside. */
function unwrapped(sql: string): string {
  const first = sql.charCodeAt(0);
  if (first !== 69 && first !== 101 && first > 32 && first < 128) return sql; // no E, no white space before it
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
