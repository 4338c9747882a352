import { expect, it } from 'vitest';
import { acknowledgementsOf, globOf } from './acknowledgement.ts';
import { ignoreCommentAt } from './ignore-comment.ts';
import { standingOf } from './standing.ts';
import type { Suspect } from './standing.ts';

const nowMs = Date.parse('2026-11-20T12:00:00Z');
const suspect: Suspect = {
  id: '0123456789abcdef',
  kind: 'n_plus_one',
  statement: 'SELECT * FROM customers WHERE id = ?',
  operation: 'GET /orders',
  callSite: { file: 'src/orders.ts', line: 2, function: 'list' },
};

const comments = [
  ['the line above', ['// nightjar-ignore n+1: paged by design', 'query();'], 'paged by design'],
  ['the same line', ['', 'query(); // nightjar-ignore n+1: five rows at most'], 'five rows at most'],
  ['a block comment', ['/* nightjar-ignore N+1: legacy */', 'query();'], 'legacy'],
  ['JSX', ['{/* nightjar-ignore n+1: small list */}', 'query();'], 'small list'],
] as const;

it.each(comments)('takes a comment on %s', (_, lines, reason) => {
  expect(ignoreCommentAt({ lines, line: 2, kind: 'n_plus_one' })).toEqual({ kind: 'ignored', reason });
});

const otherComments = [
  ['no reason', ['// nightjar-ignore n+1', 'query();'], /needs a reason/],
  ['an empty reason', ['// nightjar-ignore n+1:  ', 'query();'], /needs a reason/],
  ['no kind', ['// nightjar-ignore: it is fine', 'query();'], /names no kind/],
  ['an unknown kind', ['// nightjar-ignore all: it is fine', 'query();'], /names no kind/],
] as const;

it.each(otherComments)('refuses a comment with %s', (_, lines, problem) => {
  const comment = ignoreCommentAt({ lines, line: 2, kind: 'n_plus_one' });
  expect(comment?.kind).toBe('invalid');
  expect(comment).toHaveProperty('problem', expect.stringMatching(problem));
});

it.each([
  ['two lines above', ['// nightjar-ignore n+1: why', '', 'query();'], 3],
  ['behind the code of the line above', ['other(); // nightjar-ignore n+1: why', 'query();'], 2],
  ['about another kind', ['// nightjar-ignore slow: why', 'query();'], 2],
  ['inside a word', ['// unnightjar-ignored n+1: why', 'query();'], 2],
])('leaves alone a comment %s', (_, lines, line) => {
  expect(ignoreCommentAt({ lines, line, kind: 'n_plus_one' })).toBeUndefined();
});

const file = 'nightjar.ack.json';
const entries = [
  { id: '0123456789abcdef', reason: 'the list has five rows', expires: '2026-12-31' },
  {
    statement: 'SELECT * FROM customers*',
    operation: 'GET /orders',
    reason: ' later ',
    expires: '2027-01-01',
  },
];
const read = (list: unknown) => acknowledgementsOf(JSON.stringify(list), file);

it('reads entries', () => {
  expect(read(entries).problems).toEqual([]);
  expect(read(entries).entries.map(({ reason }) => reason)).toEqual(['the list has five rows', 'later']);
});

it.each([
  [{ id: '0123456789abcdef', expires: '2027-01-01' }, 'has no reason'],
  [{ id: '0123456789abcdef', reason: 'x' }, 'needs expires'],
  [{ id: '0123456789abcdef', reason: 'x', expires: '2027-02-30' }, 'needs expires'],
  [{ id: 'beef', reason: 'x', expires: '2027-01-01' }, 'its id is not 16 hex digits'],
  [{ reason: 'x', expires: '2027-01-01' }, 'names no finding'],
  [{ statement: '*', until: '2027-01-01' }, 'does not know the key until'],
  [{ statement: 7, reason: 'x', expires: '2027-01-01' }, 'statement is not a short text'],
  ['x', 'is not a record'],
])('refuses the entry %j', (entry, problem) => {
  expect(read([entry]).entries).toEqual([]);
  expect(read([entry]).problems.join()).toContain(`${file}: entry 1: ${problem}`);
});

it('refuses JSON that is no list, and entries beyond the limit', () => {
  expect(acknowledgementsOf('{}', 'a.json').problems).toEqual(['a.json: expected a list of entries']);
  expect(acknowledgementsOf('{', 'a.json').problems).toEqual(['a.json: is not valid JSON']);
  const many = Array.from({ length: 1_001 }, () => ({ operation: '*', reason: 'x', expires: '2027-01-01' }));
  const kept = read(many);
  expect([kept.entries.length, kept.problems.length]).toEqual([1_000, 1]);
});

it.each([
  ['GET *', 'GET /orders', true],
  ['*', '', true],
  ['a*b*c', 'a--b--c', true],
  ['ab*ba', 'aba', false],
  ['a*b', 'a--b--', false],
  ['exact', 'exactly', false],
])('matches %j with %j: %s', (pattern, text, isMatch) => {
  expect(globOf(pattern)(text)).toBe(isMatch);
});

const acknowledged = read(entries).entries;
const noSource = (): undefined => undefined;

it.each([
  ['by id', suspect, 'acknowledged'],
  ['by statement and operation', { ...suspect, id: undefined }, 'acknowledged'],
  ['not by the statement alone', { ...suspect, id: undefined, operation: 'GET /other' }, 'open'],
])('acknowledges %s', (_, one, kind) => {
  expect(standingOf(one, { acknowledgements: acknowledged, linesOf: noSource, nowMs }).kind).toBe(kind);
});

it('holds through its last day and says when it has expired', () => {
  const at = (day: string) =>
    standingOf(suspect, {
      acknowledgements: acknowledged.slice(0, 1),
      linesOf: noSource,
      nowMs: Date.parse(`${day}T23:59:59Z`),
    });
  expect(at('2026-12-31')).toMatchObject({ kind: 'acknowledged', expires: '2026-12-31' });
  expect(at('2027-01-01')).toEqual({ kind: 'open', note: 'its acknowledgement expired on 2026-12-31' });
});

it('lets the comment at the call site speak first, and tells of one without a reason', () => {
  const withLines = (line: string) =>
    standingOf(suspect, { acknowledgements: [], linesOf: () => [line, 'query();'], nowMs });
  expect(withLines('// nightjar-ignore n+1: why')).toEqual({ kind: 'ignored', reason: 'why' });
  expect(withLines('// nightjar-ignore n+1')).toMatchObject({
    kind: 'open',
    note: expect.stringMatching('reason'),
  });
});
