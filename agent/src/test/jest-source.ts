import { runInThisContext } from 'node:vm';
import type { Position } from '../tracker/source-map.ts';

/**
 * Where a position stands in its source under jest, which keeps the maps of the code it transforms to itself: only its
 * own `Error.prepareStackTrace` can read them. It is handed one frame and the place is read from the line it writes.
 */
export function jestSourceOf(position: Position): Position | undefined {
  try {
    // Of the realm that jest itself runs in: the sandbox has another `Error`.
    const prepare: unknown = runInThisContext('Error.prepareStackTrace');
    if (typeof prepare !== 'function') return undefined;
    const written: unknown = prepare(new Error(''), [new Frame(position)]);
    if (typeof written !== 'string') return undefined;
    const [, file, line, column] = /\n\s+at (?:.* \()?(.+?):(\d+):(\d+)\)?$/.exec(written) ?? [];
    if (file === undefined) return undefined;
    return { file, line: Number(line), column: Number(column) };
  } catch {
    return undefined;
  }
}

/** As much of a V8 call site as `source-map-support` asks for: a plain position at the top level of a file. */
class Frame {
  readonly #position: Position;

  constructor(position: Position) {
    this.#position = position;
  }

  getFileName(): string {
    return this.#position.file;
  }

  getScriptNameOrSourceURL(): string {
    return this.#position.file;
  }

  getLineNumber(): number {
    return this.#position.line;
  }

  getColumnNumber(): number {
    return this.#position.column;
  }

  getFunctionName(): null {
    return null;
  }

  getTypeName(): null {
    return null;
  }

  getMethodName(): null {
    return null;
  }

  getEvalOrigin(): undefined {
    return undefined;
  }

  isToplevel(): boolean {
    return true;
  }

  isConstructor(): boolean {
    return false;
  }

  isEval(): boolean {
    return false;
  }

  isNative(): boolean {
    return false;
  }

  isAsync(): boolean {
    return false;
  }
}
