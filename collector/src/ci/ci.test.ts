import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { budget, ci, file, loop, looping, orders, report } from './testing.ts';

const cases = [
  ['a clean run', [orders], { 'GET /orders': 4 }, [], 0, 'no new N+1, every budget kept'],
  ['fewer queries than allowed', [orders], { 'GET /orders': 5 }, [], 0, 'every budget kept'],
  [
    'a broken budget',
    [{ ...orders, queryCount: 5 }],
    { 'GET /orders': 4 },
    [],
    1,
    '4 → 5 queries against the budget',
  ],
  [
    'the worst of several requests',
    [orders, { ...orders, queryCount: 9 }, orders],
    { 'GET /orders': 8 },
    [],
    1,
    '8 → 9',
  ],
  ['a new operation', [orders], {}, [], 0, 'not budgeted'],
  ['a new N+1', [looping], {}, [], 1, '1 new N+1'],
  ['an N+1 of the budget file', [looping], {}, [loop.id], 0, 'known: in the budget file'],
  ['a known N+1 that breaks the budget', [looping], { 'GET /orders': 4 }, [loop.id], 1, '1 broken budget'],
  [
    'an accepted N+1',
    [{ ...looping, findings: [{ ...loop, standing: 'ignored', note: 'five rows' }] }],
    {},
    [],
    0,
    'ignored (five rows)',
  ],
  [
    'a finding of another kind',
    [{ ...looping, findings: [{ ...loop, kind: 'slow_statement' }] }],
    {},
    [],
    0,
    'no new N+1',
  ],
] as const;

it.each(cases)('judges %s', async (_, lines, queries, known, code, said) => {
  const ended = await ci('--report', report(...lines), '--budget', budget(queries, known));
  expect(ended).toMatchObject({ code, err: '' });
  expect(ended.out).toContain(said);
});

it('counts an N+1 as new when only one of its requests was accepted', async () => {
  const accepted = { ...looping, findings: [{ ...loop, standing: 'ignored', count: 99 }] };
  for (const lines of [
    [accepted, looping],
    [looping, accepted],
  ])
    expect((await ci('--report', report(...lines))).code).toBe(1);
});

it('writes the budget file with --update, keeps what was not run, and is clean afterwards', async () => {
  const path = budget({ 'GET /other': 3, 'GET /orders': 1 }, ['00000000000000bb']);
  const folderOfReport = report(looping);
  expect((await ci('--report', folderOfReport, '--budget', path, '--update')).code).toBe(0);
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({
    version: 1,
    queries: { 'GET /orders': 26, 'GET /other': 3 },
    knownNPlusOnes: { [loop.id]: { operation: 'GET /orders', statement: loop.statement } },
  });
  expect((await ci('--report', folderOfReport, '--budget', path)).code).toBe(0);
});

it('writes the same summary and SARIF whatever the order of the lines', async () => {
  const other = {
    ...orders,
    operation: 'GET /a|b',
    findings: [{ ...loop, id: '00000000000000cc', standing: 'acknowledged', note: 'why' }],
  };
  const texts: string[] = [];
  for (const lines of [
    [other, looping, orders],
    [orders, looping, other],
  ]) {
    const path = budget({ 'GET /orders': 4 });
    await ci(
      '--report',
      report(...lines),
      '--budget',
      path,
      '--summary',
      file('s.md'),
      '--sarif',
      file('s.sarif'),
    );
    texts.push(readFileSync(file('s.md'), 'utf8') + readFileSync(file('s.sarif'), 'utf8'));
  }
  expect(texts[0]).toBe(texts[1]);
  expect(readFileSync(file('s.md'), 'utf8')).toMatchInlineSnapshot(`
    "## Nightjar: 1 new N+1, 1 broken budget

    - \`GET /orders\` 4 → 26 queries against the budget, in \`lists orders\`

    ### New N+1s

    - **new**: \`GET /orders\`, 25 times \`SELECT name FROM customers WHERE id = ?\` at \`src/routes/orders page.ts:29\`. Use a join. Id \`00000000000000aa\`.

    | operation | queries | allowed | result |
    | --- | ---: | ---: | --- |
    | \`GET /a\\|b\` | 4 |  | not budgeted |
    | \`GET /orders\` | 26 | 4 | **broken** |

    ### Other N+1s

    - acknowledged (why): \`GET /a|b\`, 25 times \`SELECT name FROM customers WHERE id = ?\` at \`src/routes/orders page.ts:29\`. Use a join. Id \`00000000000000cc\`.
    "
  `);
  expect(JSON.parse(readFileSync(file('s.sarif'), 'utf8'))).toMatchObject({
    version: '2.1.0',
    runs: [{ results: [{ level: 'note' }, { level: 'error' }, { level: 'error' }] }],
  });
});

it('honours an acknowledgement file through its last day, and tells of entries that do not count', async () => {
  const args = ['--report', report(looping)];
  const acknowledge = (expires: string, reason = 'until the rewrite') =>
    writeFileSync(file('nightjar.ack.json'), JSON.stringify([{ id: loop.id, reason, expires }]));
  acknowledge('2026-11-20');
  expect(await ci(...args)).toMatchObject({
    code: 0,
    err: '',
    out: expect.stringContaining('until the rewrite'),
  });
  acknowledge('2026-11-19');
  expect(await ci(...args)).toMatchObject({ code: 1, out: expect.stringContaining('expired on 2026-11-19') });
  acknowledge('2026-11-20', '');
  expect(await ci(...args)).toMatchObject({
    code: 1,
    err: expect.stringContaining('entry 1: has no reason'),
  });
});

const usage = [
  [[], '--report <dir> is missing'],
  [['--report'], 'argument missing'],
  [['--report', 'x', '--bogus'], "Unknown option '--bogus'"],
  [['--report', 'x', 'y'], 'Unexpected argument'],
  [['--report', 'x', '--collector', 'http://localhost:3400'], 'go together'],
  [['--report', 'x', '--collector', 'localhost', '--service', 's'], 'not an http or https address'],
  [['--report', '/nowhere'], 'cannot be read'],
] as const;

it.each(usage)('refuses %j with 64', async (args, said) => {
  const ended = await ci(...args);
  expect(ended.code).toBe(64);
  expect(ended.err).toContain(said);
});

it('refuses an empty report, a broken line, a budget that is none, and a file it cannot write', async () => {
  expect(await ci('--report', report())).toMatchObject({
    code: 64,
    err: expect.stringContaining('no recorded run'),
  });
  expect(await ci('--report', report(orders, { version: 2 }))).toMatchObject({
    code: 64,
    err: expect.stringContaining('a.jsonl:2'),
  });
  const fine = report(orders);
  writeFileSync(file('budget.json'), '{"version":1,"queries":{"GET /":-1}}');
  expect(await ci('--report', fine, '--budget', file('budget.json'))).toMatchObject({
    code: 64,
    err: expect.stringContaining('is not a budget file'),
  });
  expect(await ci('--report', fine, '--budget', file('none.json'))).toMatchObject({ code: 64 });
  expect(await ci('--report', fine, '--summary', file('no/such/folder.md'))).toMatchObject({
    code: 64,
    err: expect.stringContaining('cannot be written'),
  });
});

it('prints its help', async () => {
  expect(await ci('--help')).toMatchObject({ code: 0, out: expect.stringMatching(/^Usage: nightjar ci/) });
});
