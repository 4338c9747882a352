import { unquoted } from './names.ts';
import * as tokensModule from './tokens.ts';
import type { Tokens } from './tokens.ts';
import * as wordsModule from './words.ts';

// Constants of this module, for the reason given in tokens.ts.
const { KIND, LITERAL, NAME_OR_WORD, QUOTED, VALUE } = tokensModule;
const { CLAUSE, numberOf, OTHER_WORD, RESERVED, SYSTEM_VARIABLE, TRANSPARENT, WORD_BITS } = wordsModule;

/** Columns kept for a hint. */
const COLUMNS_MAX = 16;
const DEPTH_MAX = 64;
const SEMICOLON = 59;
const NOT = numberOf('NOT');
const FETCH = numberOf('FETCH');

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
  /** Number of the word before, where a word stands there. */
  #lastWord = OTHER_WORD;
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
    this.#lastWord = OTHER_WORD;
    this.#limit = 'none';
  }

  get isKeyset(): boolean {
    return this.hasRange && this.hasOrderBy && this.equalities === 0 && !this.hasIn;
  }

  /** All tokens held. */
  read(tokens: Tokens): void {
    for (let i = 1; i <= tokens.count; i++) {
      const kind = tokens.kinds[i] ?? 0;
      if ((kind & VALUE) !== 0) this.#readValue(tokens, i);
      else if ((kind & KIND) === NAME_OR_WORD) this.#readWord(tokens, i);
      else if ((kind & KIND) === QUOTED) {
        this.#readName(tokens, i);
        this.#lastWord = OTHER_WORD;
      } else if (tokens.codes[i] !== SEMICOLON) this.#readPunct(tokens, i);
    }
  }

  #readValue(tokens: Tokens, token: number): void {
    if (this.#pending === 'equality') {
      this.equalities++;
      this.#addColumn(tokens);
    } else if (this.#pending === 'range') this.hasRange = true;
    this.#pending = 'none';
    this.#isNameLast = false;
    if (this.#limit !== 'none') this.#readLimitValue(tokens, token);
    this.#lastWord = OTHER_WORD;
  }

  #readLimitValue(tokens: Tokens, token: number): void {
    const isLiteral = ((tokens.kinds[token] ?? 0) & KIND) === LITERAL;
    const isOne = isLiteral && tokens.slice(token) === '1';
    if (this.#limit !== 'counted') this.isLimitOne = isOne;
    this.#limit = this.#limit === 'limit' ? 'counted' : 'none';
  }

  #readWord(tokens: Tokens, token: number): void {
    const word = tokens.codes[token] ?? 0;
    const bits = WORD_BITS[word] ?? 0;
    if ((bits & CLAUSE) !== 0 || this.#limit === 'counted') this.#readClause(tokens, token);
    if ((bits & TRANSPARENT) === 0) {
      this.#pending = 'none';
      if ((bits & RESERVED) === 0 && !this.#isTypeNext && word !== SYSTEM_VARIABLE)
        this.#readName(tokens, token);
      else this.#isNameLast = false;
    }
    this.#isTypeNext = false;
    this.#lastWord = word;
  }

  #readClause(tokens: Tokens, token: number): void {
    const depth = Math.min(tokens.depths[token] ?? 0, DEPTH_MAX);
    const word = tokens.word(token);
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
        this.#readOtherWord(tokens, word);
    }
  }

  #readOtherWord(tokens: Tokens, word: string): void {
    if (word === 'IN') {
      this.hasIn = true;
      if (this.#lastWord !== NOT) this.#addColumn(tokens);
    } else if (word === 'ANY' || word === 'SOME') {
      if (this.#pending === 'equality') {
        this.hasIn = true;
        this.#addColumn(tokens);
      }
    } else if (word === 'LIMIT' || word === 'TOP') {
      this.hasLimit = true;
      this.#limit = word === 'LIMIT' ? 'limit' : 'top';
    } else if (word === 'OFFSET') {
      this.hasOffset = true;
      this.#limit = 'none';
    } else if ((word === 'FIRST' || word === 'NEXT') && this.#lastWord === FETCH) {
      this.hasLimit = true;
      this.#limit = 'fetch';
    } else if ((word === 'ROW' || word === 'ROWS') && this.#limit === 'fetch') {
      this.isLimitOne = true;
      this.#limit = 'none';
    } else if (word !== 'ALL' && this.#limit === 'counted') this.#limit = 'none';
  }

  #readName(tokens: Tokens, token: number): void {
    this.#nameStart = tokens.starts[token] ?? 0;
    this.#nameStop = tokens.stops[token] ?? 0;
    this.#isNameLast = true;
    this.#pending = 'none';
    this.#isTypeNext = false;
  }

  #readPunct(tokens: Tokens, token: number): void {
    const code = tokens.codes[token] ?? 0;
    if (code === 46) {
      this.#pending = 'none';
      return;
    }
    const depth = Math.min(tokens.depths[token] ?? 0, DEPTH_MAX);
    if (code === 40) {
      this.#clauses[depth] = this.#clauses[depth - 1] ?? 'none';
      this.#isQuery[depth] = false;
      return;
    }
    if (code === -58) {
      this.#isTypeNext = true;
      return;
    }
    if (code === 44 && this.#limit === 'counted') {
      this.hasOffset = true; // MySQL: LIMIT offset, count
      this.isLimitOne = false;
    }
    this.#pending = this.#clauses[depth] === 'where' ? this.#comparisonOf(tokens, token) : 'none';
    if (code !== 41) this.#isNameLast = false;
  }

  #comparisonOf(tokens: Tokens, token: number): Pending {
    const code = tokens.codes[token] ?? 0;
    if (code === 61) return this.#isNameLast ? 'equality' : 'none';
    if (code === 60 || code === 62) return 'range';
    return code === -61 && isOrEqual(tokens, token) ? 'range' : 'none';
  }

  #enter(depth: number, clause: Clause): void {
    this.#clauses[depth] = clause;
    this.#isQuery[depth] = true;
  }

  #addColumn(tokens: Tokens): void {
    if (this.#nameStop === 0) return;
    const name = unquoted(tokens.text.slice(this.#nameStart, this.#nameStop));
    if (name === '' || this.columns.length >= COLUMNS_MAX || this.columns.includes(name)) return;
    this.columns.push(name);
  }
}

/** `<=` or `>=`, of what ends in an equals sign. */
function isOrEqual(tokens: Tokens, token: number): boolean {
  const start = tokens.starts[token] ?? 0;
  const first = tokens.chars[start] ?? 0;
  return (tokens.stops[token] ?? 0) - start === 2 && (first === 60 || first === 62);
}
