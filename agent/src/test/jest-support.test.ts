import { afterEach, expect, it } from 'vitest';
import { fileURLToPath } from 'node:url';
import { jestSourceOf } from './jest-source.ts';
import { patchRequired } from './patch-required.ts';

const original = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace');
afterEach(() => {
  Reflect.deleteProperty(Error, 'prepareStackTrace');
  if (original !== undefined) Object.defineProperty(Error, 'prepareStackTrace', original);
});

const position = { file: '/app/orders.js', line: 11, column: 5 };

function mapWith(write: (file: string | null | undefined, line: number) => string): void {
  Error.prepareStackTrace = (_, [frame]) =>
    `Error: \n    at ${write(frame?.getFileName(), (frame?.getLineNumber() ?? 0) - 5)}`;
}

it('reads the place of a frame from the line that jest writes of it', () => {
  mapWith((file, line) => `${file}:${line}:9`);
  expect(jestSourceOf(position)).toEqual({ file: '/app/orders.js', line: 6, column: 9 });
  mapWith((file, line) => `query (${file}:${line}:9)`);
  expect(jestSourceOf(position)).toEqual({ file: '/app/orders.js', line: 6, column: 9 });
});

it('knows no place where nothing of jest is installed, or where it fails', () => {
  Reflect.deleteProperty(Error, 'prepareStackTrace');
  expect(jestSourceOf(position)).toBeUndefined();
  mapWith(() => 'somewhere');
  expect(jestSourceOf(position)).toBeUndefined();
  mapWith(() => {
    throw new Error('not a frame I know');
  });
  expect(jestSourceOf(position)).toBeUndefined();
});

it('patches what the app has, by the names its instrumentation knows, and leaves the rest alone', () => {
  const taken: [name: string, baseDir: string | undefined, isLoaded: boolean][] = [];
  const instrumentation = {
    getModuleDefinitions: () => [
      { name: 'http', files: [] },
      { name: 'pg', files: [{ name: 'pg/lib/connection.js' }, { name: 'pg/lib/no-such-file.js' }] },
      { name: 'no-such-package', files: [] },
    ],
    _onRequire: (_: unknown, exports: unknown, ...[name, baseDir]: [string, string | undefined]) =>
      void taken.push([name, baseDir, exports !== undefined]),
  };
  patchRequired([instrumentation, {}], fileURLToPath(new URL('../..', import.meta.url)));
  const folder: unknown = expect.stringMatching(/node_modules[\\/]pg$/);
  expect(taken).toEqual([
    ['http', undefined, true],
    ['pg', folder, true],
    ['pg/lib/connection.js', folder, true],
  ]);
});
