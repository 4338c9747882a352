import { expect, it } from 'vitest';
import { parseSource, readSources } from './source-files.ts';

const fileLinesMax = 300;
const functionLinesMax = 70;

it(`no file is longer than ${fileLinesMax} lines`, () => {
  const long = readSources().filter((file) => file.lines > fileLinesMax);
  expect(long.map((file) => `${file.path}: ${file.lines} lines`)).toEqual([]);
});

it(`no function is longer than ${functionLinesMax} lines`, () => {
  const long = readSources().flatMap((file) =>
    file.functions
      .filter((found) => found.lines > functionLinesMax)
      .map((found) => `${file.path}:${found.line} ${found.name}: ${found.lines} lines`),
  );
  expect(long).toEqual([]);
});

it('counts the lines of functions of every form, but not of a describe', () => {
  const text = [
    'function a() {',
    '  return 1;',
    '}',
    'const b = async () => {',
    '  return 2;',
    '};',
    "describe('group', () => {",
    "  it('works', () => {});",
    '});',
    'class C {',
    '  d() {',
    '    return 3;',
    '  }',
    '}',
    '',
  ].join('\n');
  const source = parseSource('test/x.ts', text);
  expect(source.lines).toBe(14);
  expect(source.functions).toEqual([
    { name: 'a', line: 1, lines: 3 },
    { name: 'b', line: 4, lines: 3 },
    { name: '(anonymous)', line: 8, lines: 1 },
    { name: 'd', line: 11, lines: 3 },
  ]);
});
