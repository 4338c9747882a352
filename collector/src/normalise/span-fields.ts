import { VALUE } from '../model/attribute-list.ts';
import type { AttributeList } from '../model/attribute-list.ts';
import type { ByteRange } from '../model/byte-cache.ts';
import type { StringColumn } from '../model/column.ts';
import { ATTRIBUTES_MAX, cutUtf8, NAME_BYTES_MAX } from '../model/limits.ts';
import { KeyTable } from './key-table.ts';
import { ROLE, ROLE_COUNT } from './rules.ts';
import type { NormaliseRule, Role, Treatment } from './rules.ts';

const NUMERIC: ReadonlySet<Role> = new Set([
  ROLE.httpStatus,
  ROLE.codeLine,
  ROLE.dbQueryCount,
  ROLE.dbStatementCount,
  ROLE.dbDurationMs,
  ROLE.findingCount,
]);
const HEX: ReadonlySet<Role> = new Set([ROLE.dbFingerprint, ROLE.parameterHash]);
const NEEDS_NUMBER = 1;
const NEEDS_HEX = 2;
const NUMBER_TEXT = /^\d{1,12}(\.\d{1,9})?$/;
const HEX_TEXT = /^[0-9a-f]{1,16}$/i;

/** Which attribute of the span at hand plays which role. One instance, used again for every span. */
export class SpanFields {
  /** By role: index of the attribute or -1. */
  readonly chosen = new Int16Array(ROLE_COUNT);
  /** By attribute: index of its rule or -1. */
  readonly ruleOf = new Int16Array(ATTRIBUTES_MAX);
  /** By rule. */
  readonly treatments: readonly Treatment[];
  isTruncated = false;
  readonly #keys: KeyTable;
  readonly #roles: Uint8Array;
  readonly #needs: Uint8Array;
  readonly #range: ByteRange = { start: 0, end: 0 };
  #bytes: Buffer = Buffer.alloc(0);
  #list: AttributeList | undefined;

  constructor(rules: readonly NormaliseRule[]) {
    this.#keys = new KeyTable(rules);
    this.#roles = Uint8Array.from(rules, (rule) => rule.role);
    this.#needs = Uint8Array.from(rules, (rule) => needOf(rule.role));
    this.treatments = rules.map((rule) => rule.treatment);
  }

  scan(bytes: Buffer, list: AttributeList): void {
    this.#bytes = bytes;
    this.#list = list;
    this.isTruncated = list.isTruncated;
    const chosen = this.chosen;
    chosen.fill(-1);
    for (let i = 0; i < list.count; i++) {
      let rule = this.#keys.find(bytes, list.keyStart[i] ?? 0, list.keyEnd[i] ?? 0);
      const role = rule < 0 ? 0 : (this.#roles[rule] ?? 0);
      if (role !== 0) {
        if (!this.#isUsable(rule, i)) rule = -1;
        else {
          const rival = chosen[role] ?? -1;
          if (rival < 0 || rule < (this.ruleOf[rival] ?? 0)) chosen[role] = i;
        }
      }
      this.ruleOf[i] = rule;
    }
  }

  has(role: Role): boolean {
    return (this.chosen[role] ?? -1) >= 0;
  }

  /** Whether the attribute is whole in its column, so that the map need not hold it too. */
  isMoved(index: number): boolean {
    const role = this.#roles[this.ruleOf[index] ?? 0] ?? 0;
    const winner = this.chosen[role] ?? -1;
    return winner === index || (winner >= 0 && this.#isSameValue(winner, index));
  }

  push(column: StringColumn, role: Role): void {
    const index = this.chosen[role] ?? -1;
    const list = this.#list;
    if (index < 0 || list === undefined) {
      column.pushEmpty();
    } else if (list.kind[index] === VALUE.string) {
      const start = list.valueStart[index] ?? 0;
      column.push(this.#bytes, start, this.#cutEnd(start, list.valueEnd[index] ?? 0));
    } else {
      column.pushText(this.text(role).slice(0, NAME_BYTES_MAX));
    }
  }

  number(role: Role, fallback: number): number {
    const index = this.chosen[role] ?? -1;
    const list = this.#list;
    if (index < 0 || list === undefined) return fallback;
    return list.kind[index] === VALUE.string ? Number(this.text(role)) : (list.number[index] ?? fallback);
  }

  /** '' when no attribute plays the role. */
  text(role: Role): string {
    const index = this.chosen[role] ?? -1;
    const list = this.#list;
    if (index < 0 || list === undefined) return '';
    switch (list.kind[index] ?? VALUE.empty) {
      case VALUE.string:
        return this.#bytes.toString('utf8', list.valueStart[index], list.valueEnd[index]);
      case VALUE.text:
        return list.text[index] ?? '';
      case VALUE.bool:
        return list.number[index] === 1 ? 'true' : 'false';
      default:
        return String(list.number[index] ?? '');
    }
  }

  /** Where the value stands when it is text; empty when it is not. Valid until the next call. */
  range(role: Role): ByteRange {
    const index = this.chosen[role] ?? -1;
    const list = this.#list;
    const range = this.#range;
    const isText = index >= 0 && list?.kind[index] === VALUE.string;
    range.start = isText ? (list.valueStart[index] ?? 0) : 0;
    range.end = isText ? (list.valueEnd[index] ?? 0) : 0;
    return range;
  }

  /** Bytes of the value; of other kinds than string, of its text. */
  bytes(role: Role): Uint8Array {
    const index = this.chosen[role] ?? -1;
    const list = this.#list;
    if (index < 0 || list === undefined) return EMPTY;
    if (list.kind[index] !== VALUE.string) return Buffer.from(this.text(role));
    const start = list.valueStart[index] ?? 0;
    return this.#bytes.subarray(start, this.#cutEnd(start, list.valueEnd[index] ?? 0));
  }

  #cutEnd(start: number, end: number): number {
    if (end - start <= NAME_BYTES_MAX) return end;
    this.isTruncated = true;
    return cutUtf8(this.#bytes, { start, end }, NAME_BYTES_MAX);
  }

  /** A value that its column cannot take plays no role and stays in the map. */
  #isUsable(rule: number, index: number): boolean {
    const list = this.#list;
    if (list === undefined) return false;
    const kind = list.kind[index];
    const need = this.#needs[rule];
    if (need === 0) return kind !== VALUE.empty && kind !== VALUE.bool;
    if (kind === VALUE.string) {
      const end = list.valueEnd[index] ?? 0;
      const start = list.valueStart[index] ?? 0;
      if (end - start > 32) return false;
      return (need === NEEDS_HEX ? HEX_TEXT : NUMBER_TEXT).test(this.#bytes.toString('latin1', start, end));
    }
    if (need === NEEDS_HEX || (kind !== VALUE.int && kind !== VALUE.double)) return false;
    const value = list.number[index] ?? -1;
    return value >= 0 && value <= Number.MAX_SAFE_INTEGER;
  }

  #isSameValue(left: number, right: number): boolean {
    const list = this.#list;
    if (list === undefined || list.kind[left] !== list.kind[right]) return false;
    if (list.kind[left] !== VALUE.string) return list.number[left] === list.number[right];
    const bytes = this.#bytes;
    return (
      bytes.compare(
        bytes,
        list.valueStart[left],
        list.valueEnd[left],
        list.valueStart[right],
        list.valueEnd[right],
      ) === 0
    );
  }
}

const EMPTY = new Uint8Array(0);

function needOf(role: Role): number {
  if (NUMERIC.has(role)) return NEEDS_NUMBER;
  return HEX.has(role) ? NEEDS_HEX : 0;
}
