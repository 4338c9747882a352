import { unquoted } from './names.ts';
import { Summary } from './summary.ts';
import * as tokensModule from './tokens.ts';
import type { Tokens } from './tokens.ts';
import * as wordsModule from './words.ts';

// Constants of this module, for the reason given in tokens.ts.
const { KIND, NAME_OR_WORD, QUOTED, VALUE } = tokensModule;
const {
  CHANGE,
  DDL_OBJECT,
  ENDS_FROM,
  isDistinctFrom,
  isSetOperation,
  NAME_PREFIX,
  numberOf,
  OTHER_WORD,
  TARGETED,
  verbOf,
  WORD_BITS,
} = wordsModule;

const TABLES_MAX = 16;
const DEPTH_MAX = 64;

const OPEN = 40;
const CLOSE = 41;
const COMMA = 44;
const DOT = 46;
const QUESTION = 63;
const SEMICOLON = 59;
const WAKES = TARGETED | CHANGE | ENDS_FROM;
const AS = numberOf('AS');
const ALL = numberOf('ALL');
const DISTINCT = numberOf('DISTINCT');
const TABLE = numberOf('TABLE');

type Expected = 'nothing' | 'table' | 'using' | 'name' | 'object';

/** Reads operations and targets, in order, from a stream of tokens; for one statement after another, with `restart`. */
export class Targets {
  /** First keyword, upper case; of several statements, of the first that is more than housekeeping. */
  operation = '';
  hasWrite = false;
  tables: string[] = [];

  readonly #summary = new Summary();
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
  #isWithHeader = false;
  /** The last token where it is no word but a value or a mark alone. */
  #lastMark = 0;
  #lastWord = OTHER_WORD;
  #wordBefore = OTHER_WORD;
  #isEndPending = false;

  get summary(): string {
    return this.#summary.text;
  }

  restart(): void {
    this.#summary.restart();
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
    this.#isStart = true;
    this.#isDdl = false;
    this.#isRoutine = false;
    this.#isWithHeader = false;
    this.#lastMark = 0;
    this.#lastWord = OTHER_WORD;
    this.#wordBefore = OTHER_WORD;
    this.#isEndPending = false;
  }

  /** All tokens held. */
  read(tokens: Tokens): void {
    for (let i = 1; i <= tokens.count; i++) {
      const kind = tokens.kinds[i] ?? 0;
      const isWord = (kind & KIND) === NAME_OR_WORD;
      const code = tokens.codes[i] ?? 0;
      if (code === SEMICOLON && !isWord) {
        this.#isEndPending = true;
        continue;
      }
      if (this.#isEndPending) this.#endStatement();
      const isValue = (kind & VALUE) !== 0;
      const mark = isValue ? QUESTION : isWord || code < 0 ? 0 : code;
      if (this.#isNameOpen && mark !== DOT && !this.#continuesName(kind)) this.#closeName(mark);
      if (isWord) {
        this.#readWord(tokens, i);
        this.#lastMark = 0;
      } else {
        if ((kind & KIND) === QUOTED) this.#readName(tokens, i);
        else if (mark !== 0) this.#readMark(tokens, i, mark);
        this.#lastMark = mark;
      }
    }
  }

  /** A semicolon with more behind it. */
  #endStatement(): void {
    this.#isEndPending = false;
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

  #readWord(tokens: Tokens, token: number): void {
    const word = tokens.codes[token] ?? 0;
    const isIdle = this.#expected === 'nothing' && !this.#isStart && !this.#isWithHeader && !this.#isNameOpen;
    // Most words neither are nor precede a target.
    if (!isIdle || ((WORD_BITS[word] ?? 0) & WAKES) !== 0) {
      if (!this.#readKeyword(tokens, token)) this.#readName(tokens, token);
    }
    this.#wordBefore = this.#lastWord;
    this.#lastWord = word;
  }

  /** False when the word may be a name. */
  #readKeyword(tokens: Tokens, token: number): boolean {
    const depth = Math.min(tokens.depths[token] ?? 0, DEPTH_MAX);
    const word = tokens.word(token);
    const bits = WORD_BITS[tokens.codes[token] ?? 0] ?? 0;
    if (this.#isStart) return this.#readFirst(tokens, token);
    const isPrefix = this.#expected !== 'nothing' && (bits & NAME_PREFIX) !== 0;
    if (this.#isDdl) return this.#expected === 'object' ? this.#readObject(tokens, token) : isPrefix;
    if (this.#expected === 'table' && isPrefix) return true;
    if (word === 'SELECT') return this.#readSelect(tokens, token);
    if (this.#expected !== 'nothing' && word !== 'VALUES') return false;
    if (
      (bits & CHANGE) !== 0 &&
      (this.#lastMark === OPEN || (this.#lastMark === CLOSE && this.#isWithHeader))
    )
      return this.#readChange(tokens, token);
    if ((bits & ENDS_FROM) !== 0) this.#isInFrom[depth] = false;
    switch (word) {
      case 'FROM':
        if (this.#awaitsFrom[depth] === true && !isDistinctFrom(this.#wordBefore, this.#lastWord)) {
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

  #readFirst(tokens: Tokens, token: number): boolean {
    const isName = tokens.codes[token] === OTHER_WORD;
    const word = isName ? tokens.slice(token).toUpperCase() : tokens.word(token);
    this.#isStart = false;
    if (this.operation === '' || verbOf(this.operation) === 'control' || this.operation === 'DECLARE')
      this.operation = word;
    if (word === 'WITH') {
      this.#isWithHeader = true;
      return true;
    }
    if (word === 'SELECT') return this.#readSelect(tokens, token);
    if (((WORD_BITS[tokens.codes[token] ?? 0] ?? 0) & CHANGE) !== 0) return this.#readChange(tokens, token);
    this.#summary.add(tokens.slice(token));
    if (word === 'CREATE' || word === 'ALTER' || word === 'DROP') {
      this.#isDdl = true;
      this.#expected = 'object';
    } else if (word === 'TRUNCATE' || word === 'COPY') this.#expect('table', false);
    else if (word === 'EXEC' || word === 'EXECUTE' || word === 'CALL') this.#expect('name', false);
    return true;
  }

  #readSelect(tokens: Tokens, token: number): boolean {
    const depth = tokens.depths[token] ?? 0;
    const last = this.#lastWord;
    const before = last === ALL || last === DISTINCT ? this.#wordBefore : last;
    if (!isSetOperation(before)) this.#summary.add(tokens.slice(token));
    if (depth === 0) this.#isWithHeader = false;
    this.#awaitsFrom[Math.min(depth, DEPTH_MAX)] = true;
    this.#isInFrom[Math.min(depth, DEPTH_MAX)] = false;
    this.#expected = 'nothing';
    return true;
  }

  #readChange(tokens: Tokens, token: number): boolean {
    const depth = tokens.depths[token] ?? 0;
    const word = tokens.word(token);
    this.hasWrite = true;
    this.#summary.add(tokens.slice(token));
    if (depth === 0) this.#isWithHeader = false;
    if (word === 'UPDATE') this.#expect('table', false);
    if (word === 'UPDATE' || word === 'DELETE') this.#awaitsFrom[Math.min(depth, DEPTH_MAX)] = true;
    return true;
  }

  #readObject(tokens: Tokens, token: number): boolean {
    if (((WORD_BITS[tokens.codes[token] ?? 0] ?? 0) & DDL_OBJECT) === 0) return true;
    const word = tokens.word(token);
    this.#summary.add(tokens.slice(token));
    this.#expect('name', false);
    this.#isTable = word === 'TABLE';
    this.#isRoutine = word === 'TRIGGER' || word === 'PROCEDURE' || word === 'FUNCTION';
    return true;
  }

  #readName(tokens: Tokens, token: number): void {
    const isQuoted = ((tokens.kinds[token] ?? 0) & KIND) === QUOTED;
    const word = isQuoted ? OTHER_WORD : (tokens.codes[token] ?? 0);
    if (
      this.#isWithHeader &&
      tokens.depths[token] === 0 &&
      this.#commonTables.size < TABLES_MAX &&
      word !== AS
    )
      this.#commonTables.add(unquoted(tokens.slice(token)).toLowerCase());
    if (this.#isNameOpen) {
      this.#name += unquoted(tokens.slice(token));
      return;
    }
    if (this.#expected === 'nothing' || this.#expected === 'object') return;
    if (word === TABLE && this.operation === 'TRUNCATE') return;
    this.#name = unquoted(tokens.slice(token));
    this.#isNameOpen = true;
  }

  #continuesName(kind: number): boolean {
    return this.#lastMark === DOT && ((kind & KIND) === NAME_OR_WORD || (kind & KIND) === QUOTED);
  }

  #closeName(next: number): void {
    const name = this.#name;
    this.#isNameOpen = false;
    const isFunction = next === OPEN && this.#canBeFunction;
    const isCommon = this.#commonTables.size > 0 && this.#commonTables.has(name.toLowerCase());
    if (!isFunction && !isCommon) {
      this.#summary.add(name);
      if (this.#expected === 'table' || this.#expected === 'using' || this.#isTable) this.#addTable(name);
    }
    this.#expected = 'nothing';
    this.#isTable = false;
    this.#name = '';
  }

  #readMark(tokens: Tokens, token: number, mark: number): void {
    if (mark === DOT) {
      if (this.#isNameOpen) this.#name += '.';
    } else if (mark === OPEN) {
      const depth = Math.min(tokens.depths[token] ?? 0, DEPTH_MAX);
      this.#awaitsFrom[depth] = false;
      this.#isInFrom[depth] = false;
      if (this.#expected === 'using') this.#expected = 'nothing';
    } else if (mark === COMMA) {
      if (this.#isInFrom[Math.min(tokens.depths[token] ?? 0, DEPTH_MAX)] === true)
        this.#expect('table', true);
    } else if (mark === QUESTION && !this.#isDdl) this.#expected = 'nothing';
  }

  #addTable(name: string): void {
    if (this.tables.length < TABLES_MAX && !this.tables.includes(name)) this.tables.push(name);
  }

  #expect(expected: Expected, canBeFunction: boolean): void {
    this.#expected = expected;
    this.#canBeFunction = canBeFunction;
  }
}
