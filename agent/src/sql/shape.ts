import { Lexer } from './lexer.ts';
import { Predicates } from './predicates.ts';
import { SecondSight } from './second-sight.ts';
import { ShapeCache } from './shape-cache.ts';
import { hasOuterComment, withoutOuterComments } from './tags.ts';
import { Targets } from './targets.ts';
import { CHARACTERS_MAX, charactersOf } from './text-characters.ts';
import { TokenList } from './token-list.ts';
import { KIND, PUNCT } from './tokens.ts';
import type { SqlDialect, SqlFingerprint, SqlShape } from './types.ts';
import { verbOf } from './words.ts';

const EXECUTE_SQL = /^\s*exec(?:ute)?\s+(?:sys\.)?sp_executesql\s+(?:@\w+\s*=\s*)?N?'/i;

const shapes = new ShapeCache<SqlShape>();
const fingerprints = new ShapeCache<SqlFingerprint>();
const secondSight = new SecondSight();

// One scan runs at a time, from its start to its end: its readers serve all of them.
const lexer = new Lexer();
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

/** The fingerprint of a statement without its reading: half the time of its shape. Linear in its length, never throws. */
export function fingerprintOf(sql: string, dialect: SqlDialect = 'unknown'): SqlFingerprint {
  const text = hasOuterComment(sql) ? withoutOuterComments(sql).text : sql;
  let found = fingerprints.get(text, dialect);
  if (found === undefined) {
    found = scanTokens(unwrapped(text), dialect, false);
    if (found.literals < 2 && secondSight.isSecond(tokens.checksum() ^ found.literalHash))
      fingerprints.set(text, dialect, found);
  }
  return found;
}

function bareShapeOf(text: string, dialect: SqlDialect): SqlShape {
  let shape = shapes.get(text, dialect);
  if (shape === undefined) {
    shape = scan(unwrapped(text), dialect);
    if (shape.literals < 2) shapes.set(text, dialect, shape);
  }
  return shape;
}

interface Cut {
  readonly end: number;
  readonly isCut: boolean;
}

/** A text that has long filled its shape is not read to its end: one huge bulk statement must not hold the thread. */
const SCAN_MAX = 131_072;

/** Hands the tokens to the readers. False: the text was left before its end. */
function readTokens(cut: Cut, isRead: boolean): boolean {
  while (lexer.fill()) {
    // What touches the ellipsis is half a token.
    const last = lexer.count;
    const stop = lexer.stops[last] ?? 0;
    if (cut.isCut && stop === cut.end && ((lexer.kinds[last] ?? 0) & KIND) !== PUNCT) lexer.dropLast();
    tokens.add(lexer);
    if (isRead) {
      predicates.read(lexer);
      targets.read(lexer);
    }
    if (tokens.isFull && stop > SCAN_MAX) return false;
  }
  return true;
}

function scan(sql: string, dialect: SqlDialect): SqlShape {
  predicates.restart();
  targets.restart();
  const { fingerprint, placeholders, literals, literalHash, isTruncated } = scanTokens(sql, dialect, true);
  targets.finish();
  return {
    fingerprint,
    placeholders,
    literals,
    literalHash,
    isTruncated,
    text: tokens.text(isTruncated),
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
    tags: NO_TAGS,
  };
}

function scanTokens(sql: string, dialect: SqlDialect, isRead: boolean): SqlFingerprint {
  const cut = cutEllipsis(sql);
  const chars = charactersOf(sql);
  lexer.restart(sql, chars, { dialect, end: cut.end });
  tokens.restart(sql, chars);
  const isWhole = readTokens(cut, isRead);
  const { placeholders, literals } = lexer;
  // Of all values or of none.
  const literalHash = isWhole && placeholders === 0 ? lexer.literalHash : 0;
  const isTruncated = tokens.dropTail() || cut.isCut || lexer.isDoubtful || tokens.isFull;
  return { fingerprint: tokens.fingerprint(), placeholders, literals, literalHash, isTruncated };
}

/** Instrumentations cut long statements and mark it with dots. */
function cutEllipsis(sql: string): Cut {
  let end = sql.length;
  while (end > 0 && sql.charCodeAt(end - 1) <= 32) end--;
  const full = end;
  while (end > 0 && (sql.charCodeAt(end - 1) === 46 || sql.charCodeAt(end - 1) === 0x2026)) end--;
  const isCut = full - end >= 2 || (full > end && sql.charCodeAt(end) === 0x2026);
  if (end > CHARACTERS_MAX) return { end: CHARACTERS_MAX, isCut: true };
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
