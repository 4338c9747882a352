import { assertNever } from '../model/assert-never.ts';
import { attributeText, VALUE } from '../model/attribute-list.ts';
import type { AttributeList } from '../model/attribute-list.ts';
import type { ArrayColumn, FixedColumn, PairColumn, StringColumn } from '../model/column.ts';
import { cutUtf8, TRUNCATED, VALUE_BYTES_MAX } from '../model/limits.ts';
import type { DatabaseSystem } from './database-systems.ts';
import { redactUrl } from './redact-url.ts';
import { maskStatement } from './statements.ts';
import type { Treatment } from './rules.ts';

export interface AttributeMaps {
  readonly attributes_string: ArrayColumn<PairColumn<StringColumn>>;
  readonly attributes_number: ArrayColumn<PairColumn<FixedColumn>>;
  readonly attributes_bool: ArrayColumn<PairColumn<FixedColumn>>;
}

export const BLANKED = '[redacted]';
const TRUNCATED_KEY = Buffer.from(TRUNCATED);

/** Writes one row of the three maps: `put` an attribute at a time, then `endRow`. */
export class MapWriter {
  readonly #maps: AttributeMaps;
  #strings = 0;
  #numbers = 0;
  #bools = 0;
  isTruncated = false;

  constructor(maps: AttributeMaps) {
    this.#maps = maps;
  }

  put(bytes: Buffer, list: AttributeList, index: number): void {
    const keyStart = list.keyStart[index] ?? 0;
    const keyEnd = list.keyEnd[index] ?? 0;
    switch (list.kind[index] ?? VALUE.empty) {
      case VALUE.string: {
        const items = this.#maps.attributes_string.items;
        items.keys.push(bytes, keyStart, keyEnd);
        items.values.push(bytes, list.valueStart[index] ?? 0, this.#cutEnd(bytes, list, index));
        this.#strings += 1;
        return;
      }
      case VALUE.int:
      case VALUE.double: {
        const items = this.#maps.attributes_number.items;
        items.keys.push(bytes, keyStart, keyEnd);
        items.values.pushF64(list.number[index] ?? 0);
        this.#numbers += 1;
        return;
      }
      case VALUE.bool: {
        const items = this.#maps.attributes_bool.items;
        items.keys.push(bytes, keyStart, keyEnd);
        items.values.pushU8(list.number[index] ?? 0);
        this.#bools += 1;
        return;
      }
      default:
        this.putText(bytes.subarray(keyStart, keyEnd), attributeText(list, bytes, index));
    }
  }

  putText(key: Uint8Array, value: string): void {
    const items = this.#maps.attributes_string.items;
    items.keys.pushAll(key);
    if (value.length > VALUE_BYTES_MAX) this.isTruncated = true;
    items.values.pushText(value.slice(0, VALUE_BYTES_MAX));
    this.#strings += 1;
  }

  putFlag(key: Uint8Array): void {
    const items = this.#maps.attributes_bool.items;
    items.keys.pushAll(key);
    items.values.pushU8(1);
    this.#bools += 1;
  }

  endRow(): void {
    if (this.isTruncated) this.putFlag(TRUNCATED_KEY);
    this.#maps.attributes_string.endRow(this.#strings);
    this.#maps.attributes_number.endRow(this.#numbers);
    this.#maps.attributes_bool.endRow(this.#bools);
    this.#strings = this.#numbers = this.#bools = 0;
    this.isTruncated = false;
  }

  #cutEnd(bytes: Buffer, list: AttributeList, index: number): number {
    const start = list.valueStart[index] ?? 0;
    const end = list.valueEnd[index] ?? 0;
    if (end - start <= VALUE_BYTES_MAX) return end;
    this.isTruncated = true;
    return cutUtf8(bytes, { start, end }, VALUE_BYTES_MAX);
  }
}

/**
 * What may be stored of a value that its rule treats specially, outside of the typed columns of a span; undefined when nothing.
 */
export function permittedText(
  treatment: Treatment,
  text: string,
  context: { readonly key: string; readonly system: DatabaseSystem },
): string | undefined {
  switch (treatment) {
    case 'statement':
      return maskStatement(text, context.system);
    case 'url':
      return redactUrl(text, context.key === 'url.query');
    case 'secret':
      return BLANKED;
    case 'drop':
    case 'parameter':
      return undefined;
    case 'move':
    case 'keep':
      return text;
    default:
      return assertNever(treatment);
  }
}
