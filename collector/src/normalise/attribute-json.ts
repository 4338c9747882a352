import { attributeKey, attributeText, VALUE } from '../model/attribute-list.ts';
import type { AttributeList } from '../model/attribute-list.ts';
import { VALUE_BYTES_MAX } from '../model/limits.ts';
import { permittedText } from './attribute-maps.ts';
import type { DatabaseSystem } from './database-systems.ts';
import type { KeyTable } from './key-table.ts';
import type { NormaliseRule } from './rules.ts';

/** Findings are whole documents: cut, they would be worth nothing. */
const DOCUMENT_CHARS_MAX = 256 * 1024;

export interface JsonContext {
  readonly keys: KeyTable;
  readonly rules: readonly NormaliseRule[];
  readonly system: DatabaseSystem;
  /** Set when a value had to be cut. */
  isTruncated: boolean;
}

/** Attributes [from, to) as a JSON object, put together as text: no object has a sender's key. '' when there are none. */
export function attributesAsJson(
  source: {
    readonly bytes: Buffer;
    readonly list: AttributeList;
    readonly from: number;
    readonly to: number;
  },
  context: JsonContext,
): string {
  const { bytes, list } = source;
  const parts: string[] = [];
  for (let i = source.from; i < source.to; i++) {
    const value = valueJson(bytes, list, { index: i, context });
    if (value !== undefined) parts.push(`${JSON.stringify(attributeKey(list, bytes, i))}:${value}`);
  }
  return parts.length === 0 ? '' : `{${parts.join(',')}}`;
}

function valueJson(
  bytes: Buffer,
  list: AttributeList,
  at: { readonly index: number; readonly context: JsonContext },
): string | undefined {
  const { index, context } = at;
  const ruleIndex = context.keys.find(bytes, list.keyStart[index] ?? 0, list.keyEnd[index] ?? 0);
  const rule = context.rules[ruleIndex];
  const kind = list.kind[index];
  if (rule === undefined || rule.treatment === 'move' || rule.treatment === 'keep') {
    if (kind === VALUE.bool) return list.number[index] === 1 ? 'true' : 'false';
    if (kind === VALUE.int || kind === VALUE.double) return numberJson(list.number[index] ?? 0);
  }
  const text = attributeText(list, bytes, index);
  const kept =
    rule === undefined
      ? text
      : permittedText(rule.treatment, text, { key: rule.from, system: context.system });
  if (kept === undefined) return undefined;
  const limit = kept.startsWith('{"') ? DOCUMENT_CHARS_MAX : VALUE_BYTES_MAX;
  if (kept.length > limit) context.isTruncated = true;
  return JSON.stringify(kept.slice(0, limit));
}

function numberJson(value: number): string {
  return Number.isFinite(value) ? String(value) : `"${value}"`;
}
