import type { Lexer } from './lexer.ts';
import { unquoted } from './names.ts';
import { RESERVED } from './words.ts';

/** Columns kept for a hint. */
const COLUMNS_MAX = 16;
const DEPTH_MAX = 64;

type Clause = 'none' | 'select' | 'where' | 'set';
type Pending = 'none' | 'equality' | 'range' | 'array';

/** Calls whose argument still counts as the value of a comparison. */
const TRANSPARENT = new Set(['CAST', 'LOWER', 'UPPER', 'CONVERT', 'DATE']);

/** Reads from a stream of tokens how a statement selects its rows. */
export class Predicates {
  equalities = 0;
  hasIn = false;
  hasWhere = false;
  hasOffset = false;
  hasOrderBy = false;
  hasLimit = false;
  isLimitOne = false;
  hasRange = false;
  readonly columns: string[] = [];

  readonly #clauses: Clause[] = ['none'];
  readonly #isQuery: boolean[] = [false];
  #name = '';
  #isNameLast = false;
  #isTypeNext = false;
  #pending: Pending = 'none';
  #lastWord = '';
  #limit: 'none' | 'limit' | 'top' | 'fetch' | 'counted' = 'none';

  get isKeyset(): boolean {
    return this.hasRange && this.hasOrderBy && this.equalities === 0 && !this.hasIn;
  }

  /** `text` is the token as the shape shows it: `?` for every value. */
  read(lexer: Lexer, text: string): void {
    if (text === '?') this.#readValue(lexer);
    else if (lexer.kind === 'word') this.#readWord(lexer);
    else if (lexer.kind === 'quoted') this.#readName(lexer);
    else this.#readPunct(lexer, text);
  }

  #readValue(lexer: Lexer): void {
    if (this.#pending === 'equality') {
      this.equalities++;
      this.#addColumn();
    } else if (this.#pending === 'range') this.hasRange = true;
    this.#pending = 'none';
    this.#isNameLast = false;
    if (this.#limit !== 'none') this.#readLimitValue(lexer);
    this.#lastWord = '';
  }

  #readLimitValue(lexer: Lexer): void {
    const isOne = lexer.kind === 'literal' && lexer.slice() === '1';
    if (this.#limit !== 'counted') this.isLimitOne = isOne;
    this.#limit = this.#limit === 'limit' ? 'counted' : 'none';
  }

  #readWord(lexer: Lexer): void {
    const depth = Math.min(lexer.depth, DEPTH_MAX);
    const word = lexer.word;
    switch (word) {
      case 'SELECT':
        this.#enter(depth, 'select');
        break;
      case 'WHERE':
        this.hasWhere = true;
        this.#clauses[depth] = 'where';
        break;
      case 'ON':
        this.#clauses[depth] = 'where';
        break;
      case 'SET':
      case 'UPDATE':
        this.#enter(depth, 'set');
        break;
      case 'FROM':
      case 'HAVING':
      case 'GROUP':
      case 'VALUES':
        this.#clauses[depth] = 'none';
        break;
      case 'ORDER':
        if (this.#isQuery[depth] === true || depth === 0) this.hasOrderBy = true;
        this.#clauses[depth] = 'none';
        break;
      default:
        this.#readOtherWord(word);
    }
    this.#afterWord(lexer);
  }

  #readOtherWord(word: string): void {
    if (word === 'IN') {
      this.hasIn = true;
      if (this.#lastWord !== 'NOT') this.#addColumn();
    } else if (word === 'ANY' || word === 'SOME') {
      if (this.#pending === 'equality') {
        this.hasIn = true;
        this.#addColumn();
      }
    } else if (word === 'LIMIT' || word === 'TOP') {
      this.hasLimit = true;
      this.#limit = word === 'LIMIT' ? 'limit' : 'top';
    } else if (word === 'OFFSET') {
      this.hasOffset = true;
      this.#limit = 'none';
    } else if ((word === 'FIRST' || word === 'NEXT') && this.#lastWord === 'FETCH') {
      this.hasLimit = true;
      this.#limit = 'fetch';
    } else if ((word === 'ROW' || word === 'ROWS') && this.#limit === 'fetch') {
      this.isLimitOne = true;
      this.#limit = 'none';
    } else if (word !== 'ALL' && this.#limit === 'counted') this.#limit = 'none';
  }

  #afterWord(lexer: Lexer): void {
    const isReserved = RESERVED.has(lexer.word);
    if (!TRANSPARENT.has(lexer.word)) {
      this.#pending = 'none';
      // A word without text is a system variable such as @@ROWCOUNT.
      if (!isReserved && !this.#isTypeNext && lexer.word !== '') this.#readName(lexer);
      else this.#isNameLast = false;
    }
    this.#isTypeNext = false;
    this.#lastWord = lexer.word;
  }

  #readName(lexer: Lexer): void {
    this.#name = lexer.slice();
    this.#isNameLast = true;
    this.#pending = 'none';
    this.#isTypeNext = false;
    if (lexer.kind === 'quoted') this.#lastWord = '';
  }

  #readPunct(lexer: Lexer, text: string): void {
    const depth = Math.min(lexer.depth, DEPTH_MAX);
    if (text === '(') {
      this.#clauses[depth] = this.#clauses[depth - 1] ?? 'none';
      this.#isQuery[depth] = false;
      return;
    }
    if (text === '::') {
      this.#isTypeNext = true;
      return;
    }
    if (text === ',' && this.#limit === 'counted') {
      this.hasOffset = true; // MySQL: LIMIT offset, count
      this.isLimitOne = false;
    }
    this.#pending = this.#clauses[depth] === 'where' ? this.#comparisonOf(text) : 'none';
    if (text !== ')' && text !== '.') this.#isNameLast = false;
  }

  #comparisonOf(text: string): Pending {
    if (text === '=') return this.#isNameLast ? 'equality' : 'none';
    return text === '<' || text === '>' || text === '<=' || text === '>=' ? 'range' : 'none';
  }

  #enter(depth: number, clause: Clause): void {
    this.#clauses[depth] = clause;
    this.#isQuery[depth] = true;
  }

  #addColumn(): void {
    const name = unquoted(this.#name);
    if (name === '' || this.columns.length >= COLUMNS_MAX || this.columns.includes(name)) return;
    this.columns.push(name);
  }
}
