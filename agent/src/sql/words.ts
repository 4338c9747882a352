import { addLow, LOW_SEED } from './hash.ts';
import type { SqlShape } from './types.ts';

// What the scanner wants to know of a word, as bits, so that it is asked once for each word and not by every reader.
/** After these a sign belongs to the number that follows, and no name of a column or table has ended. */
export const RESERVED = 1;
/** A double-quoted text after one of these is a string where the dialect leaves the choice. */
export const COMPARING = 2;
/** Words that end the list of tables after FROM. */
export const ENDS_FROM = 4;
/** What may follow CREATE, ALTER and DROP and is named in a summary. */
export const DDL_OBJECT = 8;
/** Stand between a verb and the name it acts on. */
export const NAME_PREFIX = 16;
export const CHANGE = 32;
export const SET_OPERATION = 64;
/** Calls whose argument still counts as the value of a comparison. */
export const TRANSPARENT = 128;
/** Values without quotes. */
export const CONSTANT = 256;
/** Turns the reader of predicates. */
export const CLAUSE = 512;

/** The parenthesis behind it holds values, not names. */
export const OPENS_LIST = 1024;
/** Turns the reader of targets. */
export const TARGETED = 2048;
/** Opens a list of rows. */
export const FOLDING = 4096;

const GROUPS: readonly (readonly [bit: number, words: string])[] = [
  [
    RESERVED,
    'SELECT WHERE AND OR NOT BETWEEN THEN ELSE WHEN CASE LIMIT OFFSET IN LIKE ILIKE RETURN BY ON SET VALUES DISTINCT ALL ' +
      'TOP INTERVAL DEFAULT FROM JOIN INNER LEFT RIGHT FULL OUTER CROSS NATURAL USING HAVING UNION INTERSECT EXCEPT IS AS ' +
      'GROUP ORDER ASC DESC FETCH FOR INTO RETURNING WITH ANY SOME EXISTS LATERAL WINDOW',
  ],
  [COMPARING, 'LIKE ILIKE REGEXP RLIKE GLOB BETWEEN THEN ELSE'],
  [
    ENDS_FROM,
    'WHERE GROUP ORDER HAVING LIMIT OFFSET FETCH UNION INTERSECT EXCEPT MINUS RETURNING SET VALUES WINDOW FOR SELECT ON USING',
  ],
  [
    DDL_OBJECT,
    'TABLE INDEX VIEW PROCEDURE FUNCTION TRIGGER DATABASE SCHEMA SEQUENCE USER ROLE TYPE EXTENSION DOMAIN POLICY PACKAGE ' +
      'SYNONYM KEYSPACE COLLECTION PUBLICATION SUBSCRIPTION SERVER',
  ],
  [
    NAME_PREFIX,
    'IF NOT EXISTS ONLY LATERAL CONCURRENTLY LOW_PRIORITY HIGH_PRIORITY IGNORE OR ABORT FAIL REPLACE ROLLBACK',
  ],
  [CHANGE, 'INSERT REPLACE MERGE UPSERT UPDATE DELETE'],
  [SET_OPERATION, 'UNION INTERSECT EXCEPT MINUS'],
  [TRANSPARENT, 'CAST LOWER UPPER CONVERT DATE'],
  [CONSTANT, 'NULL TRUE FALSE'],
  [OPENS_LIST, 'IN'],
  [
    CLAUSE,
    'SELECT WHERE ON SET UPDATE FROM HAVING GROUP VALUES ORDER IN ANY SOME LIMIT TOP OFFSET FIRST NEXT ROW ROWS',
  ],
  [TARGETED, 'SELECT FROM JOIN APPLY STRAIGHT_JOIN INTO USING'],
  [FOLDING, 'VALUES'],
  [0, 'ARRAY'],
];

const VERBS: Readonly<Record<SqlShape['verb'], string>> = {
  read: 'SELECT WITH VALUES TABLE',
  write: 'INSERT UPDATE DELETE MERGE REPLACE UPSERT COPY LOAD',
  control:
    'BEGIN START COMMIT ROLLBACK SAVEPOINT RELEASE SET RESET SHOW USE PRAGMA DISCARD DEALLOCATE PREPARE LISTEN UNLISTEN ' +
    'NOTIFY LOCK UNLOCK ABORT END DESCRIBE DESC KILL CHECKPOINT XA',
  ddl: 'CREATE ALTER DROP TRUNCATE GRANT REVOKE COMMENT VACUUM ANALYZE REINDEX CLUSTER REFRESH RENAME OPTIMIZE ATTACH DETACH',
  cursor: 'FETCH DECLARE CLOSE MOVE OPEN',
  other: 'EXEC EXECUTE CALL DO EXPLAIN',
};

const VERB_OF: ReadonlyMap<string, SqlShape['verb']> = new Map(
  Object.entries(VERBS).flatMap(([verb, words]) =>
    words.split(' ').map((word) => [word, verb as SqlShape['verb']] as const),
  ),
);

export function verbOf(operation: string): SqlShape['verb'] {
  return VERB_OF.get(operation) ?? 'other';
}

/** Number of every word that means nothing to the scanner: a name, a type, a function. */
export const OTHER_WORD = 0;
/** Number of a system variable such as @@ROWCOUNT, which is no name either. */
export const SYSTEM_VARIABLE = 1;

/** Power of two; with some 170 words most slots are empty, so that a name is told from a known word by one look. */
const SLOTS = 4_096;
const FIRST_KNOWN = 2;
const BITS_OF: ReadonlyMap<string, number> = bitsOfWords();

/** By number, upper case. */
const WORDS: readonly string[] = ['*', '', ...BITS_OF.keys()];
/** What is known of a word, by its number. */
export const WORD_BITS = Uint16Array.from([0, 0, ...BITS_OF.values()]);
const HASHES = Int32Array.from(WORDS, hashOfWord);
const LENGTHS = Uint8Array.from(WORDS, (word) => word.length);
/** Number of a word; 0 where none is. A slot that is taken sends to the next. */
const slots: Uint16Array = slotsOf(HASHES);

/**
 * Number of the word whose characters, each with bit 32 set, have this lower lane; the bit folds the case of letters and leaves
 * digits, `_` and `$` apart. Taken for that word by length and all 32 bits, without another look at the text: a name that
 * met both by chance would be read as a keyword, which can group it wrongly but shows no value.
 */
export function knownWord(hash: number, length: number): number {
  for (let slot = slotOf(hash); ; slot = (slot + 1) & (SLOTS - 1)) {
    const number = slots[slot] ?? 0;
    if (number === 0) return OTHER_WORD;
    if (HASHES[number] === hash && LENGTHS[number] === length) return number;
  }
}

/** Upper case; `*` for a name, empty for a system variable. */
export function wordOf(number: number): string {
  return WORDS[number] ?? '';
}

export function numberOf(word: string): number {
  const number = WORDS.indexOf(word);
  if (number < FIRST_KNOWN) throw new Error(`not a known word: ${word}`);
  return number;
}

export function isSetOperation(number: number): boolean {
  return ((WORD_BITS[number] ?? 0) & SET_OPERATION) !== 0;
}

/** IS DISTINCT FROM and IS NOT DISTINCT FROM compare. */
export function isDistinctFrom(before: number, last: number): boolean {
  return wordOf(last) === 'DISTINCT' && (wordOf(before) === 'IS' || wordOf(before) === 'NOT');
}

function slotOf(hash: number): number {
  return (hash ^ (hash >>> 15)) & (SLOTS - 1);
}

function bitsOfWords(): ReadonlyMap<string, number> {
  const bits = new Map<string, number>([...VERB_OF.keys()].map((word) => [word, 0]));
  for (const [bit, words] of GROUPS) {
    for (const word of words.split(' ')) bits.set(word, (bits.get(word) ?? 0) | bit);
  }
  return bits;
}

function hashOfWord(word: string): number {
  let hash = LOW_SEED;
  for (let i = 0; i < word.length; i++) hash = addLow(hash, word.charCodeAt(i) | 32);
  return hash;
}

function slotsOf(hashes: Int32Array): Uint16Array {
  const filled = new Uint16Array(SLOTS);
  for (const [number, hash] of hashes.entries()) {
    if (number < FIRST_KNOWN) continue;
    let slot = slotOf(hash);
    while (filled[slot] !== 0) slot = (slot + 1) & (SLOTS - 1);
    filled[slot] = number;
  }
  return filled;
}
