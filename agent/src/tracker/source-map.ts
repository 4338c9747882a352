import { readFileSync, statSync } from 'node:fs';
import { SourceMap, findSourceMap } from 'node:module';
import { dirname, isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** One-based, as V8 reports them. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

const MAPS_MAX = 500;
const FILE_BYTES_MAX = 20 * 1024 * 1024;
const COMMENT = /\/\/[#@] sourceMappingURL=(\S+)\s*$/;
const INLINE = /^data:application\/json[^,]*?(;base64)?,/;

/** Where a position of the running file stands in its source. A file without a map stands for itself. */
export function createSourceMapper(): (position: Position) => Position {
  const maps = new Map<string, SourceMap | undefined>();
  const mapOf = (file: string): SourceMap | undefined => {
    if (maps.has(file)) return maps.get(file);
    if (maps.size >= MAPS_MAX) maps.clear();
    const map = loadMap(file);
    maps.set(file, map);
    return map;
  };
  return (position) => {
    const map = mapOf(position.file);
    if (map === undefined) return position;
    const origin = map.findEntry(position.line - 1, position.column - 1);
    if (!('originalSource' in origin) || typeof origin.originalSource !== 'string') return position;
    return {
      file: sourcePath(position.file, origin.originalSource),
      line: origin.originalLine + 1,
      column: origin.originalColumn + 1,
    };
  };
}

function loadMap(file: string): SourceMap | undefined {
  try {
    return findSourceMap(file) ?? readMap(file);
  } catch {
    return undefined;
  }
}

function readMap(file: string): SourceMap | undefined {
  if (statSync(file).size > FILE_BYTES_MAX) return undefined;
  const reference = COMMENT.exec(
    readFileSync(file, 'utf8').slice(-FILE_BYTES_MAX).trimEnd().split('\n').at(-1) ?? '',
  )?.[1];
  if (reference === undefined) return undefined;
  const inline = INLINE.exec(reference);
  const json =
    inline === null
      ? readBounded(resolve(dirname(file), decodeURIComponent(reference)))
      : Buffer.from(reference.slice(inline[0].length), inline[1] === undefined ? 'utf8' : 'base64').toString(
          'utf8',
        );
  return new SourceMap(JSON.parse(json));
}

function readBounded(file: string): string {
  return statSync(file).size > FILE_BYTES_MAX ? '' : readFileSync(file, 'utf8');
}

function sourcePath(file: string, source: string): string {
  if (source.startsWith('file://')) return fileURLToPath(source);
  return isAbsolute(source) ? source : resolve(dirname(file), source);
}
