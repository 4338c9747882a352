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

/**
 * Each frame costs a third of a microsecond, so few are taken until a stack turns out too short for an app frame under an
 * ORM, a driver and a framework; from then on, more.
 */
const FRAMES = [16, 50] as const;
const SITES_MAX = 2_000;
const FILES_MAX = 5_000;
const OWN_FOLDER = fileURLToPath(new URL('..', import.meta.url));

/** `toSource` says where a position of the running code stands in its source; by default the source maps of files do. */
export function createCallSiteReader(cwd: string, toSource = createSourceMapper()): CallSiteReader {
  const sites = new Map<string, CallSite>();
  /** V8 hands the frames of a stack over once, and one stack may stand for several spans. */
  const readBefore = new WeakMap<RawStack, CallSite>();

  /** By the name V8 has for it, which for an ES module is a URL: the app's file, or '' for code that is not the app's. */
  const appFiles = new Map<string, string>();
  const appFileOf = (name: string): string => {
    const known = appFiles.get(name);
    if (known !== undefined) return known;
    const file = name.startsWith('file://') ? fileURLToPath(name) : name;
    const own = isAppFile(file) ? file : '';
    if (appFiles.size >= FILES_MAX) appFiles.clear();
    appFiles.set(name, own);
    return own;
  };

  const siteOf = (frame: NodeJS.CallSite): CallSite | undefined => {
    const name = frame.getFileName();
    const file = typeof name === 'string' ? appFileOf(name) : '';
    if (file === '') return undefined;
    const line = frame.getLineNumber();
    if (line === null) return undefined;
    const column = frame.getColumnNumber() ?? 1;
    const key = `${file}:${line}:${column}`;
    const known = sites.get(key);
    if (known !== undefined) return known;
    const source = toSource({ file, line, column });
    // A bundle holds libraries too: only their source tells.
    if (source.file.includes(`${sep}node_modules${sep}`)) return undefined;
    const site = { file: shown(source.file, cwd), line: source.line, function: functionOf(frame) };
    if (sites.size >= SITES_MAX) sites.clear();
    sites.set(key, site);
    return site;
  };

  let framesMax: number = FRAMES[0];
  return {
    capture: () => captureStack(framesMax),
    read: (raw) => {
      const known = readBefore.get(raw);
      if (known !== undefined) return known;
      const frames = framesOf(raw);
      for (const frame of frames) {
        const site = siteOf(frame);
        if (site === undefined) continue;
        readBefore.set(raw, site);
        return site;
      }
      if (frames.length === framesMax) framesMax = FRAMES[1];
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

function captureStack(framesMax: number): RawStack {
  const limit = Error.stackTraceLimit;
  const raw: RawStack = {};
  try {
    Error.stackTraceLimit = framesMax;
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
