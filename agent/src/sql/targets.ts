import type { Lexer } from './lexer.ts';
import { unquoted } from './names.ts';
import { DDL_OBJECTS, ENDS_FROM, NAME_PREFIXES, verbOf } from './words.ts';

/** `db.query.summary` is at most this long, cut at a word. */
const SUMMARY_MAX = 255;
const TABLES_MAX = 16;
const DEPTH_MAX = 64;

type Expected = 'nothing' | 'table' | 'using' | 'name' | 'object';

const CHANGES = new Set(['INSERT', 'REPLACE', 'MERGE', 'UPSERT', 'UPDATE', 'DELETE']);
const SET_OPERATIONS = new Set(['UNION', 'INTERSECT', 'EXCEPT', 'MINUS']);

/** Reads operations and targets, in order, from a stream of tokens. */
export class Targets {
  summary = '';
  /** First keyword, upper case; of several statements, of the first that is more than housekeeping. */
  operation = '';
  hasWrite = false;
  readonly tables: string[] = [];

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
  #last = '';
  #lastWords: [string, string] = ['', ''];

  read(lexer: Lexer, text: string): void {
    if (this.#isNameOpen && !this.#continuesName(lexer, text)) this.#closeName(text);
    if (lexer.kind === 'word') this.#readWord(lexer);
    else if (lexer.kind === 'quoted') this.#readName(lexer);
    else this.#readPunct(lexer, text);
    this.#last = lexer.kind === 'word' ? '' : text;
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
    if (this.#isNameOpen) this.#closeName('');
  }

  #readWord(lexer: Lexer): void {
    if (!this.#readKeyword(lexer)) this.#readName(lexer);
    this.#lastWords = [this.#lastWords[1], lexer.word];
  }

  /** False when the word may be a name. */
  #readKeyword(lexer: Lexer): boolean {
    const depth = Math.min(lexer.depth, DEPTH_MAX);
    const word = lexer.word;
    if (this.#isStart) return this.#readFirst(lexer, depth);
    if (this.#isDdl) return this.#expected === 'object' ? this.#readObject(lexer) : this.#isPrefix(word);
    if (this.#expected === 'table' && this.#isPrefix(word)) return true;
    if (word === 'SELECT') return this.#readSelect(lexer, depth);
    if (this.#expected !== 'nothing' && word !== 'VALUES') return false;
    if (CHANGES.has(word) && (this.#last === '(' || (this.#last === ')' && this.#isWithHeader)))
      return this.#readChange(lexer, depth);
    if (ENDS_FROM.has(word)) this.#isInFrom[depth] = false;
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
    const word = lexer.word;
    this.#isStart = false;
    if (this.operation === '' || verbOf(this.operation) === 'control' || this.operation === 'DECLARE')
      this.operation = word;
    if (word === 'WITH') {
      this.#isWithHeader = true;
      return true;
    }
    if (word === 'SELECT') return this.#readSelect(lexer, depth);
    if (CHANGES.has(word)) return this.#readChange(lexer, depth);
    this.#append(lexer.slice());
    if (word === 'CREATE' || word === 'ALTER' || word === 'DROP') {
      this.#isDdl = true;
      this.#expected = 'object';
    } else if (word === 'TRUNCATE' || word === 'COPY') this.#expect('table', false);
    else if (word === 'EXEC' || word === 'EXECUTE' || word === 'CALL') this.#expect('name', false);
    return true;
  }

  #readSelect(lexer: Lexer, depth: number): boolean {
    const [before, last] = this.#lastWords;
    const isPart =
      SET_OPERATIONS.has(last) || ((last === 'ALL' || last === 'DISTINCT') && SET_OPERATIONS.has(before));
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
    if (!DDL_OBJECTS.has(lexer.word)) return true;
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

  #continuesName(lexer: Lexer, text: string): boolean {
    return text === '.' || (this.#last === '.' && (lexer.kind === 'word' || lexer.kind === 'quoted'));
  }

  #closeName(next: string): void {
    const name = this.#name;
    this.#isNameOpen = false;
    const isFunction = next === '(' && this.#canBeFunction;
    const isCommon = this.#commonTables.has(name.toLowerCase());
    const isNamed = this.#expected === 'table' || this.#expected === 'using' || this.#isTable;
    if (!isFunction && !isCommon) {
      this.#append(name);
      if (isNamed && this.tables.length < TABLES_MAX && !this.tables.includes(name)) this.tables.push(name);
    }
    this.#expected = 'nothing';
    this.#isTable = false;
    this.#name = '';
  }

  #readPunct(lexer: Lexer, text: string): void {
    const depth = Math.min(lexer.depth, DEPTH_MAX);
    if (text === '.') {
      if (this.#isNameOpen) this.#name += '.';
    } else if (text === '(') {
      this.#awaitsFrom[depth] = false;
      this.#isInFrom[depth] = false;
      if (this.#expected === 'using') this.#expected = 'nothing';
    } else if (text === ',' && this.#isInFrom[depth] === true) this.#expect('table', true);
    else if (text === '?') this.#expected = this.#isDdl ? this.#expected : 'nothing';
  }

  #expect(expected: Expected, canBeFunction: boolean): void {
    this.#expected = expected;
    this.#canBeFunction = canBeFunction;
  }

  #isPrefix(word: string): boolean {
    return this.#expected !== 'nothing' && NAME_PREFIXES.has(word);
  }

  #isDistinctFrom(): boolean {
    return this.#lastWords[1] === 'DISTINCT' && (this.#lastWords[0] === 'IS' || this.#lastWords[0] === 'NOT');
  }

  #append(part: string): void {
    if (this.#isFull) return;
    const longer = this.summary === '' ? part : `${this.summary} ${part}`;
    if (longer.length > SUMMARY_MAX) this.#isFull = true;
    else this.summary = longer;
  }
}
