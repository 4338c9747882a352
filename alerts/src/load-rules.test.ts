import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  inhibitionsMax,
  loadRules,
  parseRules,
  ruleFileBytesMax,
  ruleFilesMax,
  rulesMax,
} from './load-rules.ts';

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'nightjar-rules-'));
});
afterEach(async () => {
  await rm(dir, { recursive: true });
});

const good = (uid: string) =>
  `{ uid: ${uid}, name: n, signal: { kind: throughput }, conditions: [{ severity: info, threshold: 1 }] }`;
const file = async (name: string, text: string) => await writeFile(path.join(dir, name), text);

it('the rules that ship load without a problem', async () => {
  const shipped = await loadRules(fileURLToPath(new URL('../rules', import.meta.url)));
  expect(shipped.problems).toEqual([]);
  expect(shipped.rules.map(({ uid, groupBy }) => [uid, groupBy])).toEqual([
    ['latency-p95', ['service']],
    ['error-rate', ['service']],
    ['queue-depth', ['queue']],
    ['queries-per-request', ['service']],
    ['new-n-plus-one', ['service', 'operation']],
  ]);
});

it('a bad rule and a bad file are named with path and remedy, the others load', async () => {
  await file('a.yaml', `rules: [${good('one')}, { uid: two, name: n, for: soon }]`);
  await file('b.yaml', 'rules: [oops');
  await file('c.yaml', 'rulez: []');
  await file('d.yaml', `rules:\n  - ${good('four')}`);
  await file('notes.txt', 'not a rule');
  await mkdir(path.join(dir, 'folder.yaml'));
  const { rules, problems } = await loadRules(dir);
  expect(rules.map(({ uid }) => uid)).toEqual(['one', 'four']);
  expect(
    problems.map(({ code, file: name, rule, message }) => `${name} ${rule ?? '-'} ${code} ${message}`),
  ).toEqual([
    'a.yaml rules.1 rule_invalid signal: missing, add a value of type object',
    expect.stringMatching(/^a.yaml rules.1 rule_invalid for: is not a duration, write a number and a unit/),
    expect.stringMatching(/^b.yaml - yaml_invalid file: not valid YAML, /),
    'c.yaml - rule_invalid rules: missing, add a value of type array (a file holds one list named rules)',
    expect.stringMatching(/^c.yaml - rule_invalid rulez: unknown field, remove it/),
  ]);
});

it('a uid that is taken is refused, in the same file or another', async () => {
  await file('a.yaml', `rules: [${good('one')}, ${good('one')}]`);
  await file('b.yaml', `rules: [${good('one')}]`);
  const { rules, problems } = await loadRules(dir);
  expect(rules).toHaveLength(1);
  expect(problems).toEqual([
    { code: 'uid_taken', file: 'a.yaml', rule: 'one', line: 1, message: expect.stringContaining('a.yaml') },
    { code: 'uid_taken', file: 'b.yaml', rule: 'one', line: 1, message: expect.stringContaining('a.yaml') },
  ]);
});

it('limits on files, size and rules are reached with a problem each', async () => {
  const many = Array.from({ length: rulesMax + 1 }, (_, index) => good(`r${index}`)).join(', ');
  await file('0-many.yaml', `rules: [${many}]`);
  await file('1-large.yaml', `# ${'x'.repeat(ruleFileBytesMax)}`);
  for (let index = 0; index < ruleFilesMax; index += 1) await file(`2-${index}.yaml`, 'rules: []');
  const { rules, problems } = await loadRules(dir);
  expect(rules).toHaveLength(rulesMax);
  expect(problems.map(({ code }) => code).sort()).toEqual([
    'file_too_large',
    'too_many_files',
    'too_many_files',
    'too_many_rules',
  ]);
});

it('a folder that is not there is a problem, not a crash', async () => {
  const { rules, problems } = await loadRules(path.join(dir, 'absent'));
  expect(rules).toEqual([]);
  expect(problems).toMatchObject([
    { code: 'directory_unreadable', message: expect.stringContaining('ENOENT') },
  ]);
});

it('a YAML alias bomb is a bad file', () => {
  const level = (name: string, of: string) =>
    `${name}: &${name} [${Array.from({ length: 20 }, () => of).join(',')}]`;
  const text = ['a: &a [x,x,x]', level('b', '*a'), level('c', '*b'), level('d', '*c'), 'rules: *d'].join(
    '\n',
  );
  expect(parseRules(text, 'bomb.yaml').problems).toMatchObject([{ code: 'rule_invalid', file: 'bomb.yaml' }]);
});

it('reads inhibitions beside rules, and names those it cannot read', () => {
  const text = `
rules: []
inhibitions:
  - name: down explains slow
    source: [{ label: alertname, value: Service down }]
    target: [{ label: alertname, op: '=~', value: 'Slow.*' }]
    equal: [service]
  - { name: bad pattern, source: [{ label: a, value: b }], target: [{ label: a, op: '=~', value: '(' }] }
  - { name: empty, source: [], target: [{ label: a, value: b }] }
  - { name: look-behind, source: [{ label: a, op: '!~', value: '(?<=x)y' }], target: [{ label: a, value: b }] }
`;
  const { inhibitions, problems } = parseRules(text, 'rules.yaml');
  expect(inhibitions.map(({ name }) => name)).toEqual(['down explains slow']);
  expect(problems.map(({ rule, message }) => `${rule ?? ''} ${message}`)).toEqual([
    'inhibitions.1 target.0.value: ( is not a regular expression of RE2',
    'inhibitions.2 source: is empty, add a matcher such as { label: alertname, value: Service down }',
    'inhibitions.3 source.0.value: (?<=x)y is not a regular expression of RE2',
  ]);
});

it('inhibitions have a limit', async () => {
  const entry = '  - { name: n, source: [{ label: a, value: b }], target: [{ label: c, value: d }] }';
  const lines = ['rules: []', 'inhibitions:', ...Array.from({ length: inhibitionsMax + 1 }, () => entry)];
  await file('many.yaml', lines.join('\n'));
  const { inhibitions, problems } = await loadRules(dir);
  expect(inhibitions).toHaveLength(inhibitionsMax);
  expect(problems).toMatchObject([{ code: 'too_many_inhibitions', file: 'many.yaml' }]);
});
