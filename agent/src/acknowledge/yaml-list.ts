/**
 * The part of YAML that a list of flat records needs: `- key: value` and indented `key: value` lines, plain, 'single' and
 * "double" quoted scalars, comments. Whatever else YAML knows is refused with its line, never guessed at.
 */
export type FlatRecord = Record<string, string>;

export type FlatList =
  | { readonly kind: 'list'; readonly records: readonly FlatRecord[] }
  | { readonly kind: 'refused'; readonly line: number; readonly problem: string };

const ENTRY = /^(\s*)(- +)?([A-Za-z][\w-]*):(?:\s+(.*))?$/;

export function flatListOf(text: string): FlatList {
  const records: FlatRecord[] = [];
  let keyColumn = 0;
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const refuse = (problem: string): FlatList => ({ kind: 'refused', line: index + 1, problem });
    const line = raw.trimEnd();
    if (/^\s*(#.*)?$/.test(line) || (index === 0 && line === '---') || line === '[]') continue;
    const [, indent = '', dash, key = '', rest = ''] = ENTRY.exec(line) ?? [];
    if (key === '') return refuse('expected "- key: value" or "  key: value"');
    const column = indent.length + (dash?.length ?? 0);
    if (dash !== undefined) {
      records.push({});
      keyColumn = column;
    }
    const record = records.at(-1);
    if (record === undefined) return refuse('the file is a list: start each entry with "- "');
    if (column !== keyColumn) return refuse('the keys of an entry stand in one column');
    const value = scalarOf(rest);
    if (value === undefined) return refuse('the value is not a plain or quoted text on one line');
    if (Object.hasOwn(record, key)) return refuse(`the key ${key} is given twice`);
    record[key] = value;
  }
  return { kind: 'list', records };
}

function scalarOf(rest: string): string | undefined {
  const single = /^'((?:[^']|'')*)'\s*(?:#.*)?$/.exec(rest)?.[1];
  if (single !== undefined) return single.replaceAll("''", "'");
  const double = /^("(?:[^"\\]|\\.)*")\s*(?:#.*)?$/.exec(rest)?.[1];
  if (double !== undefined) return unescaped(double);
  const plain = rest.replace(/(^|\s)#.*$/, '').trimEnd();
  return /^[|>&*!%@`{['"]/.test(plain) || /:(\s|$)/.test(plain) ? undefined : plain;
}

function unescaped(quoted: string): string | undefined {
  try {
    const value: unknown = JSON.parse(quoted);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
