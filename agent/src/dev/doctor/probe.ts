/**
 * Runs inside the app that the doctor looks at: notes which packages are loaded and which hooks took, and writes it to a
 * file every quarter of a second and at the end. Nothing of it exists in an app that runs by itself.
 */
import { renameSync, writeFileSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { join } from 'node:path';
import type { Instrumentation } from '@opentelemetry/instrumentation';
import type { InstrumentationRow } from '../../instrumentations/row.ts';
import type { PackageFinder } from '../../instrumentations/package-finder.ts';
import type { ModuleForm, ProcessFacts } from './facts.ts';
import { libraryFacts, packageOf } from './library-facts.ts';

export interface ProbePorts {
  readonly directory: string;
  readonly rows: readonly InstrumentationRow[];
  readonly isPresent: PackageFinder;
  readonly disabled: ReadonlySet<string>;
}

export interface Probe {
  /** What the agent has turned on, by name; what is turned on later joins it. */
  readonly tell: (on: ReadonlyMap<string, Instrumentation>) => void;
}

const WRITE_INTERVAL_MS = 250;
const KEY: unique symbol = Symbol.for('nightjar.doctor');
type Shelf = { [KEY]?: () => void };

export function startProbe({ directory, rows, isPresent, disabled }: ProbePorts): Probe {
  const known = new Set(rows.flatMap(({ packages }) => packages));
  const loaded: Record<string, ModuleForm> = {};
  for (const path of Object.keys(nodeModule.createRequire(import.meta.url).cache)) note(path, 'commonjs');
  const loadedBefore = Object.keys(loaded);
  let loadedBeforeStart: readonly string[] = [];
  let isStartedByApp = false;
  let on: ReadonlyMap<string, Instrumentation> = new Map();

  function note(path: string, form: ModuleForm): void {
    const name = packageOf(path);
    if (name !== undefined && known.has(name)) loaded[name] ??= form;
  }
  const factsNow = (): ProcessFacts => ({
    pid: process.pid,
    mainFile: process.argv[1],
    isListening: process.getActiveResourcesInfo().includes('TCPServerWrap'),
    isStartedByApp,
    libraries: rows.map((row) => libraryFacts(row, { on: on.get(row.name), isPresent, disabled })),
    loaded,
    loadedBefore,
    loadedBeforeStart,
  });
  const write = (): void => {
    try {
      const file = join(directory, `${process.pid}.json`);
      writeFileSync(`${file}.part`, JSON.stringify(factsNow()));
      renameSync(`${file}.part`, file);
    } catch {
      // The doctor has gone; the app goes on.
    }
  };
  nodeModule.registerHooks({
    load: (url, context, next) => {
      const result = next(url, context);
      note(url, result.format === 'module' ? 'module' : 'commonjs');
      return result;
    },
  });
  const shelf = globalThis as typeof globalThis & Shelf;
  shelf[KEY] = () => {
    if (!isStartedByApp) loadedBeforeStart = Object.keys(loaded);
    isStartedByApp = true;
  };
  setInterval(write, WRITE_INTERVAL_MS).unref();
  process.on('exit', write);
  return {
    tell: (turnedOn) => {
      on = turnedOn;
    },
  };
}

/** The app has called `start` itself: what is loaded by now would have been too early without the doctor. */
export function noteStartByApp(): void {
  const shelf = globalThis as typeof globalThis & Shelf;
  shelf[KEY]?.();
}
