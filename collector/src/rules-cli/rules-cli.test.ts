import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runRules } from './index.ts';
import { openFakeCollector } from './testing.ts';
import type { FakeCollector } from './testing.ts';

let dir = '';
let collector: FakeCollector | undefined;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'nightjar-rules-cli-'));
});
afterEach(async () => {
  collector?.close();
  collector = undefined;
  await rm(dir, { recursive: true, force: true });
});

const write = async (name: string, text: string) => await writeFile(join(dir, name), text);

async function open(): Promise<string> {
  collector = await openFakeCollector();
  return collector.url;
}

async function run(...args: string[]) {
  let out = '';
  let err = '';
  const code = await runRules(args, { out: (text) => (out += text), err: (text) => (err += text) });
  return { code, out: out.replaceAll(dir, 'DIR'), err: err.replaceAll(dir, 'DIR') };
}

const slow = `rules:
  - uid: slow
    name: slow
    signal: { kind: latency, quantile: 0.5 }
    groupBy: [service]
    schedule: { every: 1m, delay: 0s, window: 1m }
    guard: { minSamples: 2 }
    conditions:
      - { severity: critical, threshold: 500 }
`;

it('check names file and line of what is wrong, and of what is likely not meant', async () => {
  await write(
    'a.yaml',
    `rules:
  - uid: one
    name: one
    signal:
      kind: error_rate
      filter:
        - { label: service, op: '=~', value: '(' }
    schedule: { every: 5m, window: 1m }
    conditions:
      - severity: critical
        threshold: 5
        recover: 9
  - uid: two
    name: two
    signal: { kind: throughput }
    groupBy: [nonsense]
    schedule: { every: 5m, window: 1m }
    notify: { channels: [pager] }
    conditions: [{ severity: info, threshold: 1 }]
`,
  );
  const { code, out } = await run('check', dir);
  expect(code).toBe(1);
  expect(out.split('\n')).toEqual([
    'DIR/a.yaml:12: error: rules.0: conditions.0.recover: is beyond the threshold, write 5 or less',
    'DIR/a.yaml:18: error: two: notify.channels: there is no channel pager, write log, webhook',
    expect.stringMatching(/^DIR\/a.yaml:17: warning: two: schedule.window: 1m is shorter than every 5m/),
    'DIR/a.yaml:15: error: two: signal: signal throughput has no label "nonsense"',
    '1 rules, 3 errors, 1 warnings.',
    '',
  ]);
});

it('check passes what is in order, and warnings only without --strict', async () => {
  await write('a.yaml', slow);
  expect(await run('check', dir)).toMatchObject({ code: 0, out: '1 rules, 0 errors, 0 warnings.\n' });
  await write('a.yaml', slow.replace(/ +guard.*\n/, ''));
  expect((await run('check', dir)).code).toBe(0);
  expect((await run('check', dir, '--strict')).code).toBe(1);
});

it('test runs what rules carry, and says what did not come', async () => {
  const series = `input: { series: { '{service="shop"}': '100x2 900x3 100' } }`;
  const test = (name: string, expected: string) => `
      - name: ${name}
        ${series}
        expect: [${expected}]`;
  const good = '{ at: 3m, events: [{ kind: trigger }] }, { at: 7m, events: [{ kind: resolve, reason: ok }] }';
  await write(
    'a.yaml',
    `${slow}    tests:${test('good', good)}${test('bad', '{ at: 2m, events: [{ kind: trigger }] }')}\n`,
  );
  const { code, out } = await run('test', dir);
  expect(code).toBe(1);
  expect(out).toBe(`DIR/a.yaml:14: slow: bad
    expected at 2m: trigger
1 passed, 1 failed, 0 rules without a test.
`);
});

it('test goes from raw spans to the message, through the stages of a collector', async () => {
  const startMs = Date.UTC(2026, 0, 5, 10);
  const span = (index: number) => {
    const beginMs = startMs + index * 10_000;
    const isSlow = index >= 18 && index < 30;
    return {
      traceId: (index + 1).toString(16).padStart(32, '0'),
      spanId: (index + 1).toString(16).padStart(16, '0'),
      name: 'GET /books',
      kind: 2,
      startTimeUnixNano: `${beginMs}000000`,
      endTimeUnixNano: `${beginMs + (isSlow ? 900 : 20)}000000`,
    };
  };
  const attributes = [{ key: 'service.name', value: { stringValue: 'shop' } }];
  const scopeSpans = [{ spans: Array.from({ length: 60 }, (_, index) => span(index)) }];
  await write(
    'slow.otlp.json',
    JSON.stringify({ resourceSpans: [{ resource: { attributes }, scopeSpans }] }),
  );
  await write(
    'a.yaml',
    `${slow}    tests:
      - name: slow minutes are told once
        input: { spansFrom: slow.otlp.json }
        expect:
          - { at: 4m, events: [{ kind: trigger, group: { service: shop } }] }
          - { at: 5m, events: [{ kind: resolve }] }
          - { at: 8m, events: [] }
      - name: a file that is not there
        input: { spansFrom: none.json }
        expect: [{ at: 1m, events: [] }]
`,
  );
  const { out } = await run('test', dir);
  expect(out).toBe(`DIR/a.yaml:17: slow: a file that is not there
    DIR/none.json: cannot be read
1 passed, 1 failed, 0 rules without a test.
`);
}, 30_000);

it('plan says what comes, changes and goes, and when it would have fired', async () => {
  await write('a.yaml', slow);
  await write('b.yaml', slow.replaceAll('slow', 'extra'));
  const { code, out } = await run('plan', dir, '--url', await open());
  expect(code).toBe(0);
  expect(out).toBe(`  ~ slow (slow): conditions
      before: would have fired 9 times, 1 under 2 minutes, 10 min in all
      after: would have fired twice, 1 under 2 minutes, 10 min in all
  + extra (extra)
      last 7 days: would have fired twice, 1 under 2 minutes, 10 min in all
  - gone (gone), what it fires is resolved

1 to add, 1 to change, 1 to remove.
`);
});

it('plan refuses a folder with a problem: a rule that cannot be read is not one that was removed', async () => {
  await write('a.yaml', 'rules: [{ uid: slow }]');
  const { code, err } = await run('plan', dir, '--url', 'http://127.0.0.1:1');
  expect(code).toBe(1);
  expect(err).toMatch(/^a.yaml:1: name: missing/);
});

it('backtest shows what would have happened, export what was made in the dashboard', async () => {
  const url = await open();
  const { code, out } = await run('backtest', 'slow', '--url', url, '--days', '7');
  expect(code).toBe(0);
  expect(out).toBe(`In the last 7 days this would have fired 9 times.

  for: 5m                  would not have fired

  2026-01-05 00:00  5 min    critical service=shop  900 ms is above 500 ms
  and 8 more

3 groups, 10080 ticks, windows to the minute, 12 ms.
`);
  expect((await run('backtest', 'none', '--url', url)).err).toBe(
    'nightjar rules: there is no rule none, write slow, gone, mine.\n',
  );
  expect((await run('export', '--url', url)).out).toBe('rules: []\n');
});

it('check with a collector names metrics that nobody sends', async () => {
  await write('a.yaml', slow.replace('kind: latency, quantile: 0.5', 'kind: metric, name: pool, agg: max'));
  expect((await run('check', dir, '--url', await open())).out).toContain(
    'a.yaml:4: warning: slow: signal.name: no point of pool arrived in the last 24 hours',
  );
});

it.each([
  [[], 0],
  [['help'], 0],
  [['paint'], 64],
  [['check'], 64],
  [['plan', 'x'], 64],
  [['backtest', 'x', '--url', 'ftp://x'], 64],
  [['backtest', 'x', '--url', 'http://127.0.0.1:1', '--days', '0'], 64],
  [['check', '/nowhere'], 64],
  [['export', '--url', 'http://127.0.0.1:1'], 69],
])('%j ends with %i', async (args, code) => {
  expect((await run(...args)).code).toBe(code);
});

it('a collector that wants a login says so', async () => {
  const url = new URL(await open());
  url.username = '';
  url.password = '';
  const { code, err } = await run('export', '--url', url.href);
  expect(code).toBe(69);
  expect(err).toContain('asks for a login: write --url http://user:password@host');
});
