import type { Lexer } from './lexer.ts';
import { unquoted } from './names.ts';
import { CLAUSE, RESERVED, TRANSPARENT } from './words.ts';

/** Columns kept for a hint. */
const COLUMNS_MAX = 16;
const DEPTH_MAX = 64;

type Clause = 'none' | 'select' | 'where' | 'set';
type Pending = 'none' | 'equality' | 'range' | 'array';

/** Reads from a stream of tokens how a statement selects its rows; for one statement after another, with `restart`. */
export class Predicates {
  equalities = 0;
  hasIn = false;
  hasWhere = false;
  hasOffset = false;
  hasOrderBy = false;
  hasLimit = false;
  isLimitOne = false;
  hasRange = false;
  columns: string[] = [];

  readonly #clauses: Clause[] = ['none'];
  readonly #isQuery: boolean[] = [false];
  #nameStart = 0;
  #nameStop = 0;
  #isNameLast = false;
  #isTypeNext = false;
  #pending: Pending = 'none';
  #lastWord = '';
  #limit: 'none' | 'limit' | 'top' | 'fetch' | 'counted' = 'none';

  restart(): void {
    this.equalities = 0;
    this.hasIn = false;
    this.hasWhere = false;
    this.hasOffset = false;
    this.hasOrderBy = false;
    this.hasLimit = false;
    this.isLimitOne = false;
    this.hasRange = false;
    this.columns = [];
    // Deeper ones are set when their parenthesis opens.
    this.#clauses[0] = 'none';
    this.#isQuery[0] = false;
    this.#nameStart = 0;
    this.#nameStop = 0;
    this.#isNameLast = false;
    this.#isTypeNext = false;
    this.#pending = 'none';
    this.#lastWord = '';
    this.#limit = 'none';
  }

  get isKeyset(): boolean {
    return this.hasRange && this.hasOrderBy && this.equalities === 0 && !this.hasIn;
  }

  /** `isValue`: the shape shows the token as `?`. */
  read(lexer: Lexer, isValue: boolean): void {
    if (isValue) this.#readValue(lexer);
    else if (lexer.kind === 'word') this.#readWord(lexer);
    else if (lexer.kind === 'quoted') this.#readName(lexer);
    else this.#readPunct(lexer);
  }

  #readValue(lexer: Lexer): void {
    if (this.#pending === 'equality') {
      this.equalities++;
      this.#addColumn(lexer);
    } else if (this.#pending === 'range') this.hasRange = true;
    this.#pending = 'none';
    this.#isNameLast = false;
    if (this.#limit !== 'none') this.#readLimitValue(lexer);
    this.#lastWord = '';
  }

  #readLimitValue(lexer: Lexer): void {
    const isOne =
      lexer.kind === 'literal' && isOneCharacter(lexer) && lexer.text.charCodeAt(lexer.start) === 49;
    if (this.#limit !== 'counted') this.isLimitOne = isOne;
    this.#limit = this.#limit === 'limit' ? 'counted' : 'none';
  }

  #readWord(lexer: Lexer): void {
    if ((lexer.bits & CLAUSE) !== 0 || this.#limit === 'counted') this.#readClause(lexer);
    if ((lexer.bits & TRANSPARENT) === 0) {
      this.#pending = 'none';
      // A word without text is a system variable such as @@ROWCOUNT.
      if ((lexer.bits & RESERVED) === 0 && !this.#isTypeNext && lexer.word !== '') this.#readName(lexer);
      else this.#isNameLast = false;
    }
    this.#isTypeNext = false;
    this.#lastWord = lexer.word;
  }

  #readClause(lexer: Lexer): void {
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
        this.#readOtherWord(lexer);
    }
  }

  #readOtherWord(lexer: Lexer): void {
    const word = lexer.word;
    if (word === 'IN') {
      this.hasIn = true;
      if (this.#lastWord !== 'NOT') this.#addColumn(lexer);
    } else if (word === 'ANY' || word === 'SOME') {
      if (this.#pending === 'equality') {
        this.hasIn = true;
        this.#addColumn(lexer);
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

  #readName(lexer: Lexer): void {
    this.#nameStart = lexer.start;
    this.#nameStop = lexer.stop;
    this.#isNameLast = true;
    this.#pending = 'none';
    this.#isTypeNext = false;
    if (lexer.kind === 'quoted') this.#lastWord = '';
  }

  #readPunct(lexer: Lexer): void {
    const depth = Math.min(lexer.depth, DEPTH_MAX);
    const mark = lexer.mark;
    if (mark === 40) {
      this.#clauses[depth] = this.#clauses[depth - 1] ?? 'none';
      this.#isQuery[depth] = false;
      return;
    }
    if (mark === 0 && lexer.code === 58) {
      this.#isTypeNext = true;
      return;
    }
    if (mark === 44 && this.#limit === 'counted') {
      this.hasOffset = true; // MySQL: LIMIT offset, count
      this.isLimitOne = false;
    }
    this.#pending = this.#clauses[depth] === 'where' ? this.#comparisonOf(lexer) : 'none';
    if (mark !== 41 && mark !== 46) this.#isNameLast = false;
  }

  #comparisonOf(lexer: Lexer): Pending {
    if (lexer.mark === 61) return this.#isNameLast ? 'equality' : 'none';
    if (lexer.mark === 60 || lexer.mark === 62) return 'range';
    return lexer.code === 61 && isOrEqual(lexer) ? 'range' : 'none';
  }

  #enter(depth: number, clause: Clause): void {
    this.#clauses[depth] = clause;
    this.#isQuery[depth] = true;
  }

  #addColumn(lexer: Lexer): void {
    if (this.#nameStop === 0) return;
    const name = unquoted(lexer.text.slice(this.#nameStart, this.#nameStop));
    if (name === '' || this.columns.length >= COLUMNS_MAX || this.columns.includes(name)) return;
    this.columns.push(name);
  }
}

function isOneCharacter(lexer: Lexer): boolean {
  return lexer.stop - lexer.start === 1;
}

/** `<=` or `>=`, of what ends in an equals sign. */
function isOrEqual(lexer: Lexer): boolean {
  const first = lexer.text.charCodeAt(lexer.start);
  return lexer.stop - lexer.start === 2 && (first === 60 || first === 62);
}
