/** Where acknowledgements stand, in the folder of a test run: a JSON list. */
export const ACKNOWLEDGEMENT_FILE = 'nightjar.ack.json';

/** One entry of that file: findings that are known and accepted for a while. */
export interface Acknowledgement {
  /** Id of a finding; undefined: chosen by the patterns. */
  readonly id: string | undefined;
  /** `*` stands for anything. Every pattern that is given must match. */
  readonly statement: string | undefined;
  readonly operation: string | undefined;
  readonly reason: string;
  /** The last day it holds, `YYYY-MM-DD`, UTC. */
  readonly expires: string;
}

export interface Acknowledgements {
  readonly entries: readonly Acknowledgement[];
  /** A sentence for each entry that cannot be used. */
  readonly problems: readonly string[];
}

const ENTRIES_MAX = 1_000;
const PATTERN_CHARACTERS_MAX = 2_000;
const KEYS: ReadonlySet<string> = new Set(['id', 'statement', 'operation', 'reason', 'expires']);

export function acknowledgementsOf(text: string, file: string): Acknowledgements {
  const read = recordsOf(text);
  if (typeof read === 'string') return { entries: [], problems: [`${file}: ${read}`] };
  const entries: Acknowledgement[] = [];
  const problems: string[] = [];
  if (read.length > ENTRIES_MAX)
    problems.push(`${file}: more than ${ENTRIES_MAX} entries; the rest is left out`);
  for (const [index, record] of read.slice(0, ENTRIES_MAX).entries()) {
    const entry = entryOf(record);
    if (typeof entry === 'string') problems.push(`${file}: entry ${index + 1}: ${entry}`);
    else entries.push(entry);
  }
  return { entries, problems };
}

/** A pattern in which `*` stands for anything, as a test. Runs in time linear in the text for each star. */
export function globOf(pattern: string): (text: string) => boolean {
  const parts = pattern.split('*');
  const first = parts[0] ?? '';
  const last = parts.at(-1) ?? '';
  if (parts.length === 1) return (text) => text === pattern;
  return (text) => {
    if (!text.startsWith(first)) return false;
    let at = first.length;
    for (const part of parts.slice(1, -1)) {
      const found = text.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return text.length - last.length >= at && text.endsWith(last);
  };
}

function recordsOf(text: string): readonly unknown[] | string {
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) ? parsed : 'expected a list of entries';
  } catch {
    return 'is not valid JSON';
  }
}

function entryOf(record: unknown): Acknowledgement | string {
  if (typeof record !== 'object' || record === null) return 'is not a record';
  const fields = new Map<string, unknown>(Object.entries(record));
  for (const [key, value] of fields) {
    if (!KEYS.has(key)) return `does not know the key ${key}; it has ${[...KEYS].join(', ')}`;
    if (typeof value !== 'string' || value.length > PATTERN_CHARACTERS_MAX)
      return `${key} is not a short text`;
  }
  const textOf = (key: string): string | undefined => {
    const value = fields.get(key);
    return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
  };
  const [id, statement, operation] = [textOf('id'), textOf('statement'), textOf('operation')];
  if (id === undefined && statement === undefined && operation === undefined)
    return 'names no finding: give its id, or a pattern for statement or operation';
  if (id !== undefined && !/^[0-9a-f]{16}$/.test(id)) return 'its id is not 16 hex digits';
  const reason = textOf('reason');
  if (reason === undefined) return 'has no reason';
  const expires = textOf('expires');
  if (expires === undefined || !isDay(expires)) return 'needs expires: a day like 2027-01-31';
  return { id, statement, operation, reason, expires };
}

function isDay(text: string): boolean {
  const day = new Date(`${text}T00:00:00Z`);
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}
