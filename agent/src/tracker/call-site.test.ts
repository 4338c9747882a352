import { mkdtempSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createCallSiteReader } from './call-site.ts';
import type { CallSiteReader, RawStack } from './call-site.ts';

const folder = mkdtempSync(join(tmpdir(), 'nightjar-site-'));
const require = createRequire(import.meta.url);

type Caller = (capture: CallSiteReader['capture']) => RawStack;

function appFile(name: string, source: string): Caller {
  const file = join(folder, name);
  writeFileSync(file, source);
  return require(file);
}

it('names the innermost frame of the app, relative to its folder', () => {
  const reader = createCallSiteReader(folder);
  const call = appFile(
    'app.cjs',
    '\n\nmodule.exports = function loadAuthors(capture) {\n  return capture();\n};\n',
  );
  expect(reader.read(call(reader.capture))).toEqual({ file: 'app.cjs', line: 4, function: 'loadAuthors' });
});

it('reads one stack for every span that shares it', () => {
  const reader = createCallSiteReader(folder);
  const raw = appFile('shared.cjs', 'module.exports = (capture) => capture();')(reader.capture);
  expect(reader.read(raw)?.file).toBe('shared.cjs');
  expect(reader.read(raw)?.file).toBe('shared.cjs');
});

it('gives the whole path of a file outside the folder', () => {
  const reader = createCallSiteReader(join(folder, 'elsewhere'));
  const call = appFile('outside.cjs', 'module.exports = (capture) => capture();');
  expect(reader.read(call(reader.capture))?.file).toBe(join(folder, 'outside.cjs'));
});

// Maps line 1 of the built file to line 41 of src/orders.ts.
const MAP = JSON.stringify({
  version: 3,
  sources: ['src/orders.ts'],
  names: [],
  mappings: 'AAwCA',
});

it.each([
  ['in a file', 'built.cjs', 'built.cjs.map', () => writeFileSync(join(folder, 'built.cjs.map'), MAP)],
  [
    'inline',
    'inline.cjs',
    `data:application/json;base64,${Buffer.from(MAP).toString('base64')}`,
    () => undefined,
  ],
])('follows a source map %s', (_, name, reference, prepare) => {
  prepare();
  const reader = createCallSiteReader(folder);
  const call = appFile(name, `module.exports = (capture) => capture();\n//# sourceMappingURL=${reference}\n`);
  expect(reader.read(call(reader.capture))).toMatchObject({ file: 'src/orders.ts', line: 41 });
});

it('takes the position as it is when the map is broken or missing', () => {
  const reader = createCallSiteReader(folder);
  for (const reference of [
    'missing.map',
    'data:application/json;base64,e30',
    'data:application/json,nonsense',
  ]) {
    const name = `broken-${reference.length}.cjs`;
    const call = appFile(
      name,
      `module.exports = (capture) => capture();\n//# sourceMappingURL=${reference}\n`,
    );
    expect(reader.read(call(reader.capture))).toMatchObject({ file: name, line: 1 });
  }
});

it("leaves the app's own stack settings as they were", () => {
  const theirs = (error: Error): string => `theirs: ${error.message}`;
  const limit = Error.stackTraceLimit;
  const settings = (): unknown => Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace')?.value;
  const before = settings();
  Reflect.set(Error, 'prepareStackTrace', theirs);
  try {
    const reader = createCallSiteReader(folder);
    const call = appFile('settings.cjs', 'module.exports = (capture) => capture();');
    expect(reader.read(call(reader.capture))).toMatchObject({ file: 'settings.cjs' });
    expect(settings()).toBe(theirs);
    expect(Error.stackTraceLimit).toBe(limit);
  } finally {
    Reflect.set(Error, 'prepareStackTrace', before);
  }
});
