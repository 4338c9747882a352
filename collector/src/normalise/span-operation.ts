import type { SpanBlock } from '../model/tables.ts';
import { OperationNames } from './operation-names.ts';
import { ROLE } from './rules.ts';
import type { SpanFields } from './span-fields.ts';

const SERVER = 2;
const CONSUMER = 5;
const PROCESS = Buffer.from('process');
const SLASH = 0x2f;
const SPACE = 0x20;

/**
 * `operation` of an entry span: `METHOD route`; for a consumer `process destination`; else the span's name. A path that stands in
 * for a route has its ids folded and its number capped: what clients ask for must not make operations without end.
 */
export class SpanOperation {
  readonly #fields: SpanFields;
  readonly #names = new OperationNames();

  constructor(fields: SpanFields) {
    this.#fields = fields;
  }

  push(block: SpanBlock, span: { readonly kind: number; readonly name: Uint8Array }): void {
    const column = block.columns.operation;
    const fields = this.#fields;
    const { kind, name } = span;
    if (kind === SERVER && fields.has(ROLE.httpMethod)) {
      const method = fields.bytes(ROLE.httpMethod);
      if (fields.has(ROLE.httpRoute)) column.pushPair(method, fields.bytes(ROLE.httpRoute));
      else if (name.includes(SLASH)) column.pushAll(this.#names.fold(name));
      else if (fields.has(ROLE.urlPath) && isBareMethod(name, method)) {
        column.pushPair(method, this.#names.fold(fields.bytes(ROLE.urlPath)));
      } else column.pushAll(name);
    } else if (kind === CONSUMER && fields.has(ROLE.messagingDestination)) {
      const verb = fields.has(ROLE.messagingOperation) ? fields.bytes(ROLE.messagingOperation) : PROCESS;
      column.pushPair(verb, fields.bytes(ROLE.messagingDestination));
    } else if (name.includes(SLASH)) column.pushAll(this.#names.fold(name));
    else column.pushAll(name);
  }
}

/** `GET`, `HTTP GET`, or nothing: a name that says no more than the method. */
function isBareMethod(name: Uint8Array, method: Uint8Array): boolean {
  if (name.length === 0) return true;
  const last = name.lastIndexOf(SPACE) + 1;
  return Buffer.compare(name.subarray(last), method) === 0;
}
