import { expect, it } from 'vitest';
import { readSources } from './source-files.ts';

const sources = readSources().filter((file) => !file.path.startsWith('test/architecture/'));

function offenders(pattern: RegExp, isExempt: (path: string) => boolean): string[] {
  return sources.flatMap((file) => {
    const index = isExempt(file.path) ? -1 : file.text.search(pattern);
    return index === -1 ? [] : [`${file.path}:${file.text.slice(0, index).split('\n').length}`];
  });
}

it('process.env is read in config.ts and nowhere else', () => {
  // The command sets UV_THREADPOOL_SIZE, which Node reads before any module of ours can run.
  const isExempt = (path: string) =>
    path === 'collector/bin/nightjar.js' ||
    /(^|\/)config\.ts$|\.test\.tsx?$|^test\/|\/(test|test-apps|dev|integration)\/|vite\.config\.ts$/.test(
      path,
    );
  expect(offenders(/\bprocess\.env\b/, isExempt)).toEqual([]);
});

it('no test is singled out', () => {
  expect(offenders(/\b(it|test|describe)\.only\b/, () => false)).toEqual([]);
});

it('no relative import leaves out its extension', () => {
  expect(offenders(/from '\.{1,2}\/[^']*(?<!\.(ts|tsx|js|mjs|css|json|svg))'/, () => false)).toEqual([]);
});

it('no file or folder is named after nothing in particular', () => {
  const vague = /(^|\/)(utils?|helpers?|common|shared|misc|manager|data)(\.tsx?$|\/)/;
  expect(sources.map((file) => file.path).filter((path) => vague.test(path))).toEqual([]);
});
