/** Readers of single settings. A bad value never throws: it is reported once, in one line with its remedy, and the default holds. */

export type Environment = Readonly<Record<string, string | undefined>>;

export interface SettingReader {
  readonly text: (name: string) => string | undefined;
  readonly whole: (name: string, range: WholeRange) => number;
  readonly flag: (name: string, fallback: boolean) => boolean;
  readonly oneOf: <Choice extends string>(name: string, choice: OneOf<Choice>) => Choice;
  readonly url: (name: string) => string | undefined;
  /** `a=1,b=2`, percent-decoded. The values may be secret, so a warning names only the setting. */
  readonly pairs: (name: string) => Readonly<Record<string, string>>;
  readonly warn: (warning: string) => void;
  readonly warnings: readonly string[];
}

export interface WholeRange {
  readonly min: number;
  readonly max: number;
  readonly fallback: number;
}

export interface OneOf<Choice extends string> {
  readonly choices: readonly Choice[];
  readonly fallback: Choice;
}

export function createSettingReader(env: Environment): SettingReader {
  const warnings: string[] = [];
  const warn = (warning: string): void => {
    warnings.push(warning);
  };
  const text = (name: string): string | undefined => {
    const value = env[name]?.trim();
    return value === '' ? undefined : value;
  };
  return {
    warnings,
    warn,
    text,
    whole: (name, range) => readWhole({ name, value: text(name), warn }, range),
    flag: (name, fallback) => readFlag({ name, value: text(name), warn }, fallback),
    oneOf: (name, choice) => readOneOf({ name, value: text(name), warn }, choice),
    url: (name) => readUrl({ name, value: text(name), warn }),
    pairs: (name) => readPairs({ name, value: text(name), warn }),
  };
}

interface Setting {
  readonly name: string;
  readonly value: string | undefined;
  readonly warn: (warning: string) => void;
}

function readWhole({ name, value, warn }: Setting, range: WholeRange): number {
  if (value === undefined) return range.fallback;
  const number = Number(value);
  if (Number.isInteger(number) && number >= range.min && number <= range.max) return number;
  warn(`${name}=${value} is not a whole number from ${range.min} to ${range.max}; using ${range.fallback}`);
  return range.fallback;
}

function readFlag({ name, value, warn }: Setting, fallback: boolean): boolean {
  const lower = value?.toLowerCase();
  if (lower === undefined) return fallback;
  if (lower === 'true' || lower === '1') return true;
  if (lower === 'false' || lower === '0') return false;
  warn(`${name}=${value} is neither true nor false; using ${fallback}`);
  return fallback;
}

function readOneOf<Choice extends string>(
  { name, value, warn }: Setting,
  { choices, fallback }: OneOf<Choice>,
): Choice {
  if (value === undefined) return fallback;
  const found = choices.find((choice) => choice.toLowerCase() === value.toLowerCase());
  if (found !== undefined) return found;
  warn(`${name}=${value} is not supported; choose one of ${choices.join(', ')}; using ${fallback}`);
  return fallback;
}

function readUrl({ name, value, warn }: Setting): string | undefined {
  if (value === undefined) return undefined;
  const url = URL.parse(value);
  if (url !== null && (url.protocol === 'http:' || url.protocol === 'https:')) return value;
  warn(
    `${name}=${value} is not an http or https URL; write it like http://127.0.0.1:4318; using the default`,
  );
  return undefined;
}

function readPairs({ name, value, warn }: Setting): Readonly<Record<string, string>> {
  const pairs: Record<string, string> = {};
  for (const part of value?.split(',') ?? []) {
    if (part.trim() === '') continue;
    const equals = part.indexOf('=');
    const key = part.slice(0, equals).trim();
    const decoded = percentDecoded(part.slice(equals + 1).trim());
    if (equals < 1 || key === '' || decoded === undefined) {
      warn(
        `${name} holds an entry that is not key=value; write it like key1=value1,key2=value2; entry ignored`,
      );
      continue;
    }
    pairs[key] = decoded;
  }
  return pairs;
}

function percentDecoded(value: string): string | undefined {
  try {
    return decodeURIComponent(value);
  } catch {
    return undefined;
  }
}
