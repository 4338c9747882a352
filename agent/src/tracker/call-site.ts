import { isAbsolute, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CallSite } from '../detect/types.ts';
import { createSourceMapper } from './source-map.ts';

/** A stack as V8 holds it: cheap to take, dear to read. Read it only when a call turns out to be a repeat. */
export interface RawStack {
  readonly stack?: unknown;
}

export interface CallSiteReader {
  readonly capture: () => RawStack;
  /** The innermost frame that is the app's own: not node:, not node_modules, not this agent. */
  readonly read: (raw: RawStack) => CallSite | undefined;
}

/** Deep enough for an app frame under an ORM, a driver and a framework. */
const FRAMES_MAX = 50;
const SITES_MAX = 2_000;
const OWN_FOLDER = fileURLToPath(new URL('..', import.meta.url));

/** `toSource` says where a position of the running code stands in its source; by default the source maps of files do. */
export function createCallSiteReader(cwd: string, toSource = createSourceMapper()): CallSiteReader {
  const sites = new Map<string, CallSite>();
  /** V8 hands the frames of a stack over once, and one stack may stand for several spans. */
  const readBefore = new WeakMap<RawStack, CallSite>();

  const siteOf = (frame: NodeJS.CallSite): CallSite | undefined => {
    const name = frame.getFileName();
    const line = frame.getLineNumber();
    if (typeof name !== 'string' || line === null) return undefined;
    const file = name.startsWith('file://') ? fileURLToPath(name) : name;
    if (!isAppFile(file)) return undefined;
    const column = frame.getColumnNumber() ?? 1;
    const key = `${file}:${line}:${column}`;
    const known = sites.get(key);
    if (known !== undefined) return known;
    const source = toSource({ file, line, column });
    const site = { file: shown(source.file, cwd), line: source.line, function: functionOf(frame) };
    if (sites.size >= SITES_MAX) sites.clear();
    sites.set(key, site);
    return site;
  };

  return {
    capture: captureStack,
    read: (raw) => {
      const known = readBefore.get(raw);
      if (known !== undefined) return known;
      for (const frame of framesOf(raw)) {
        const site = siteOf(frame);
        if (site === undefined) continue;
        readBefore.set(raw, site);
        return site;
      }
      return undefined;
    },
  };
}

function isAppFile(file: string): boolean {
  return isAbsolute(file) && !file.startsWith(OWN_FOLDER) && !file.includes(`${sep}node_modules${sep}`);
}

function shown(file: string, cwd: string): string {
  const inside = relative(cwd, file);
  const isInside = inside !== '' && !inside.startsWith('..') && !isAbsolute(inside);
  return (isInside ? inside : file).replaceAll('\\', '/');
}

function functionOf(frame: NodeJS.CallSite): string {
  return frame.getFunctionName() ?? '<anonymous>';
}

function captureStack(): RawStack {
  const limit = Error.stackTraceLimit;
  const raw: RawStack = {};
  try {
    Error.stackTraceLimit = FRAMES_MAX;
    Error.captureStackTrace(raw);
  } catch {
    // Intrinsics are frozen: the app asked for that, so there may be no call site.
  } finally {
    restoreLimit(limit);
  }
  return raw;
}

function restoreLimit(limit: number): void {
  try {
    Error.stackTraceLimit = limit;
  } catch {
    // Frozen, so it never changed.
  }
}

/** V8 formats at the first read of `stack`, with whatever `prepareStackTrace` is then in place. */
function framesOf(raw: RawStack): readonly NodeJS.CallSite[] {
  const theirs = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace');
  let frames: readonly NodeJS.CallSite[] = [];
  try {
    Error.prepareStackTrace = (_, structured) => {
      frames = structured;
      return '';
    };
    void raw.stack;
  } catch {
    return [];
  } finally {
    restorePreparer(theirs);
  }
  return frames;
}

function restorePreparer(theirs: PropertyDescriptor | undefined): void {
  if (theirs === undefined) Reflect.deleteProperty(Error, 'prepareStackTrace');
  else Reflect.defineProperty(Error, 'prepareStackTrace', theirs);
}
