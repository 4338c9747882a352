import type { Lexer } from './lexer.ts';
import { unquoted } from './names.ts';
import { CHANGE, DDL_OBJECT, ENDS_FROM, NAME_PREFIX, OTHER_WORD, SET_OPERATION, verbOf } from './words.ts';

/** `db.query.summary` is at most this long, cut at a word. */
const SUMMARY_MAX = 255;
const TABLES_MAX = 16;
const DEPTH_MAX = 64;

const OPEN = 40;
const CLOSE = 41;
const COMMA = 44;
const DOT = 46;
const QUESTION = 63;

type Expected = 'nothing' | 'table' | 'using' | 'name' | 'object';

/** Reads operations and targets, in order, from a stream of tokens; for one statement after another, with `restart`. */
export class Targets {
  summary = '';
  /** First keyword, upper case; of several statements, of the first that is more than housekeeping. */
  operation = '';
  hasWrite = false;
  tables: string[] = [];

  readonly #commonTables = new Set<string>();
  readonly #awaitsFrom: boolean[] = [];
  readonly #isInFrom: boolean[] = [];
  #expected: Expected = 'nothing';
  #isTable = false;
  #name = '';
  #isNameOpen = false;
  #canBeFunction = false;
  #isStart = true;
  #isDdl = false;
  /** The body of a trigger or a function holds semicolons of its own. */
  #isRoutine = false;
  #isFull = false;
  #isWithHeader = false;
  /** The last token where it is no word but a value or a mark alone. */
  #lastMark = 0;
  #lastWord = '';
  #wordBefore = '';
  #lastBits = 0;
  #bitsBefore = 0;

  restart(): void {
    this.summary = '';
    this.operation = '';
    this.hasWrite = false;
    this.tables = [];
    if (this.#commonTables.size > 0) this.#commonTables.clear();
    // Deeper ones are set when their parenthesis opens.
    this.#awaitsFrom[0] = false;
    this.#isInFrom[0] = false;
    this.#expected = 'nothing';
    this.#isTable = false;
    this.#name = '';
    this.#isNameOpen = false;
    this.#canBeFunction = false;
    this.#isStart = true;
    this.#isDdl = false;
    this.#isRoutine = false;
    this.#isFull = false;
    this.#isWithHeader = false;
    this.#lastMark = 0;
    this.#lastWord = '';
    this.#wordBefore = '';
    this.#lastBits = 0;
    this.#bitsBefore = 0;
  }

  /** `isValue`: the shape shows the token as `?`. */
  read(lexer: Lexer, isValue: boolean): void {
    const mark = isValue ? QUESTION : lexer.mark;
    if (this.#isNameOpen && mark !== DOT && !this.#continuesName(lexer)) this.#closeName(mark);
    if (lexer.kind === 'word') {
      this.#readWord(lexer);
      this.#lastMark = 0;
      return;
    }
    if (lexer.kind === 'quoted') this.#readName(lexer);
    else this.#readPunct(lexer, mark);
    this.#lastMark = mark;
  }

  /** A semicolon with more behind it. */
  endStatement(): void {
    this.finish();
    if (this.#isRoutine) return;
    this.#isStart = true;
    this.#isDdl = false;
    this.#expected = 'nothing';
    this.#isWithHeader = false;
  }

  finish(): void {
    if (this.#isNameOpen) this.#closeName(0);
  }

  #readWord(lexer: Lexer): void {
    if (!this.#readKeyword(lexer)) this.#readName(lexer);
    this.#wordBefore = this.#lastWord;
    this.#bitsBefore = this.#lastBits;
    this.#lastWord = lexer.word;
    this.#lastBits = lexer.bits;
  }

  /** False when the word may be a name. */
  #readKeyword(lexer: Lexer): boolean {
    const depth = Math.min(lexer.depth, DEPTH_MAX);
    const word = lexer.word;
    if (this.#isStart) return this.#readFirst(lexer, depth);
    if (this.#isDdl) return this.#expected === 'object' ? this.#readObject(lexer) : this.#isPrefix(lexer);
    if (this.#expected === 'table' && this.#isPrefix(lexer)) return true;
    if (word === 'SELECT') return this.#readSelect(lexer, depth);
    if (this.#expected !== 'nothing' && word !== 'VALUES') return false;
    if (
      (lexer.bits & CHANGE) !== 0 &&
      (this.#lastMark === OPEN || (this.#lastMark === CLOSE && this.#isWithHeader))
    )
      return this.#readChange(lexer, depth);
    if ((lexer.bits & ENDS_FROM) !== 0) this.#isInFrom[depth] = false;
    switch (word) {
      case 'FROM':
        if (this.#awaitsFrom[depth] === true && !this.#isDistinctFrom()) {
          this.#awaitsFrom[depth] = false;
          this.#isInFrom[depth] = true;
          this.#expect('table', true);
        }
        return true;
      case 'JOIN':
      case 'APPLY':
      case 'STRAIGHT_JOIN':
        this.#expect('table', true);
        return true;
      case 'INTO':
        this.#expect('table', false);
        return true;
      case 'USING':
        this.#expect('using', false);
        return true;
      default:
        return false;
    }
  }

  #readFirst(lexer: Lexer, depth: number): boolean {
    const word = lexer.word === OTHER_WORD.word ? lexer.slice().toUpperCase() : lexer.word;
    this.#isStart = false;
    if (this.operation === '' || verbOf(this.operation) === 'control' || this.operation === 'DECLARE')
      this.operation = word;
    if (word === 'WITH') {
      this.#isWithHeader = true;
      return true;
    }
    if (word === 'SELECT') return this.#readSelect(lexer, depth);
    if ((lexer.bits & CHANGE) !== 0) return this.#readChange(lexer, depth);
    this.#append(lexer.slice());
    if (word === 'CREATE' || word === 'ALTER' || word === 'DROP') {
      this.#isDdl = true;
      this.#expected = 'object';
    } else if (word === 'TRUNCATE' || word === 'COPY') this.#expect('table', false);
    else if (word === 'EXEC' || word === 'EXECUTE' || word === 'CALL') this.#expect('name', false);
    return true;
  }

  #readSelect(lexer: Lexer, depth: number): boolean {
    const last = this.#lastWord;
    const isPart =
      (this.#lastBits & SET_OPERATION) !== 0 ||
      ((last === 'ALL' || last === 'DISTINCT') && (this.#bitsBefore & SET_OPERATION) !== 0);
    if (!isPart) this.#append(lexer.slice());
    if (lexer.depth === 0) this.#isWithHeader = false;
    this.#awaitsFrom[depth] = true;
    this.#isInFrom[depth] = false;
    this.#expected = 'nothing';
    return true;
  }

  #readChange(lexer: Lexer, depth: number): boolean {
    this.hasWrite = true;
    this.#append(lexer.slice());
    if (lexer.depth === 0) this.#isWithHeader = false;
    if (lexer.word === 'UPDATE') {
      this.#expect('table', false);
      this.#awaitsFrom[depth] = true;
    } else if (lexer.word === 'DELETE') this.#awaitsFrom[depth] = true;
    return true;
  }

  #readObject(lexer: Lexer): boolean {
    if ((lexer.bits & DDL_OBJECT) === 0) return true;
    this.#append(lexer.slice());
    this.#expect('name', false);
    this.#isTable = lexer.word === 'TABLE';
    this.#isRoutine = lexer.word === 'TRIGGER' || lexer.word === 'PROCEDURE' || lexer.word === 'FUNCTION';
    return true;
  }

  #readName(lexer: Lexer): void {
    if (
      this.#isWithHeader &&
      lexer.depth === 0 &&
      this.#commonTables.size < TABLES_MAX &&
      lexer.word !== 'AS'
    )
      this.#commonTables.add(unquoted(lexer.slice()).toLowerCase());
    if (this.#isNameOpen) {
      this.#name += unquoted(lexer.slice());
      return;
    }
    if (this.#expected === 'nothing' || this.#expected === 'object') return;
    if (this.operation === 'TRUNCATE' && lexer.word === 'TABLE') return;
    this.#name = unquoted(lexer.slice());
    this.#isNameOpen = true;
  }

  #continuesName(lexer: Lexer): boolean {
    return this.#lastMark === DOT && (lexer.kind === 'word' || lexer.kind === 'quoted');
  }

  #closeName(next: number): void {
    const name = this.#name;
    this.#isNameOpen = false;
    const isFunction = next === OPEN && this.#canBeFunction;
    const isCommon = this.#commonTables.size > 0 && this.#commonTables.has(name.toLowerCase());
    const isNamed = this.#expected === 'table' || this.#expected === 'using' || this.#isTable;
    if (!isFunction && !isCommon) {
      this.#append(name);
      if (isNamed && this.tables.length < TABLES_MAX && !this.tables.includes(name)) this.tables.push(name);
    }
    this.#expected = 'nothing';
    this.#isTable = false;
    this.#name = '';
  }

  #readPunct(lexer: Lexer, mark: number): void {
    if (mark === DOT) {
      if (this.#isNameOpen) this.#name += '.';
    } else if (mark === OPEN) {
      const depth = Math.min(lexer.depth, DEPTH_MAX);
      this.#awaitsFrom[depth] = false;
      this.#isInFrom[depth] = false;
      if (this.#expected === 'using') this.#expected = 'nothing';
    } else if (mark === COMMA) {
      if (this.#isInFrom[Math.min(lexer.depth, DEPTH_MAX)] === true) this.#expect('table', true);
    } else if (mark === QUESTION && !this.#isDdl) this.#expected = 'nothing';
  }

  #expect(expected: Expected, canBeFunction: boolean): void {
    this.#expected = expected;
    this.#canBeFunction = canBeFunction;
  }

  #isPrefix(lexer: Lexer): boolean {
    return this.#expected !== 'nothing' && (lexer.bits & NAME_PREFIX) !== 0;
  }

  #isDistinctFrom(): boolean {
    return this.#lastWord === 'DISTINCT' && (this.#wordBefore === 'IS' || this.#wordBefore === 'NOT');
  }

  #append(part: string): void {
    if (this.#isFull) return;
    const longer = this.summary === '' ? part : `${this.summary} ${part}`;
    if (longer.length > SUMMARY_MAX) this.#isFull = true;
    else this.summary = longer;
  }
}
