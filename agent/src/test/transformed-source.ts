import { SourceMap } from 'node:module';
import type { SourceMapPayload } from 'node:module';
import { isJest } from './is-jest.ts';
import { jestSourceOf } from './jest-source.ts';
import { createSourceMapper } from '../tracker/source-map.ts';
import type { Position } from '../tracker/source-map.ts';

const MAPS_MAX = 2_000;

/**
 * Where a position stands in its source when vitest or jest has transformed the file: the map is with the code that runs,
 * not in any file. Other files are looked up as the agent does.
 */
export function createTransformedSourceMapper(): (position: Position) => Position {
  const toSource = createSourceMapper();
  const maps = new Map<string, SourceMap | undefined>();
  const mapOf = (file: string): SourceMap | undefined => {
    if (maps.has(file)) return maps.get(file);
    if (maps.size >= MAPS_MAX) maps.clear();
    const payload = vitestMapOf(file);
    const map = payload === undefined ? undefined : new SourceMap(payload);
    maps.set(file, map);
    return map;
  };
  return (position) => {
    const map = mapOf(position.file);
    if (map === undefined) return (isJest() ? jestSourceOf(position) : undefined) ?? toSource(position);
    const origin = map.findEntry(position.line - 1, position.column - 1);
    if (!('originalSource' in origin)) return position;
    return { file: position.file, line: origin.originalLine + 1, column: origin.originalColumn + 1 };
  };
}

interface EvaluatedModules {
  readonly getModuleSourceMapById: (id: string) => unknown;
}

/** Read from the state that a vitest worker keeps; whatever is not as expected counts as no map. */
function vitestMapOf(file: string): SourceMapPayload | undefined {
  try {
    const worker: unknown = Reflect.get(globalThis, '__vitest_worker__');
    const modules = fieldOf(worker, 'evaluatedModules');
    if (!isEvaluatedModules(modules)) return undefined;
    const map = fieldOf(modules.getModuleSourceMapById(file), 'map');
    return isPayload(map) ? map : undefined;
  } catch {
    return undefined;
  }
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function isEvaluatedModules(value: unknown): value is EvaluatedModules {
  return typeof fieldOf(value, 'getModuleSourceMapById') === 'function';
}

function isPayload(value: unknown): value is SourceMapPayload {
  return typeof fieldOf(value, 'mappings') === 'string' && Array.isArray(fieldOf(value, 'sources'));
}
