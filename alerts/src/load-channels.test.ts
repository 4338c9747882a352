import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { channelsFileBytesMax, channelsMax, loadChannels, parseChannels } from './load-channels.ts';
import { loadRules } from './load-rules.ts';

const environment: Readonly<Record<string, string>> = {
  HOOK_SECRET: 'sixteen-or-more-characters',
  SHORT: 'hunter2',
  BLANK: ' ',
};
const source = { readSecret: (name: string) => environment[name], reserved: ['log'] };
const hook = 'kind: webhook, url: "https://hooks.example/x"';

it('reads channels, with secrets from the environment', () => {
  const text = `channels:\n  - { name: ops, ${hook}, secret: "\${HOOK_SECRET}" }\n  - { name: plain, ${hook} }`;
  expect(parseChannels(text, source)).toEqual({
    problems: [],
    channels: [
      { kind: 'webhook', name: 'ops', url: 'https://hooks.example/x', secret: environment['HOOK_SECRET'] },
      { kind: 'webhook', name: 'plain', url: 'https://hooks.example/x' },
    ],
  });
});

it.each([
  [`{ name: ops, ${hook}, secret: hunter2hunter2hunter2 }`, /^secret: is a secret, write \$\{NAME\}/],
  [`{ name: ops, ${hook}, secret: "x\${HOOK_SECRET}" }`, /^secret: is a secret, write/],
  [`{ name: ops, ${hook}, secret: "\${GONE}" }`, /^secret: refers to GONE, which is not set/],
  [`{ name: ops, ${hook}, secret: "\${BLANK}" }`, /^secret: refers to BLANK, which is not set/],
  [
    `{ name: ops, ${hook}, secret: "\${SHORT}" }`,
    /^secret: refers to SHORT, which is too short to sign with/,
  ],
  [`{ name: ops, kind: pigeon }`, /^kind: unknown kind, write .*webhook/],
  [`{ name: Ops, ${hook} }`, /^name: must be 1 to 80/],
  [`{ name: log, kind: log }`, /^name: log is taken/],
  [`{ name: ops, kind: webhook, url: "ftp://x" }`, /^url: is not an http/],
  [`{ name: ops, kind: webhook, url: "https://a:hunter2@x/" }`, /^url: holds a user name or password/],
  [`{ name: ops, ${hook}, sekret: hunter2 }`, /^sekret: unknown field/],
  [`hunter2`, /^channel: wrong type/],
])('%s is refused in words, without the secret', (entry, words) => {
  const { channels, problems } = parseChannels(
    `channels:\n  - ${entry}\n  - { name: good, ${hook} }`,
    source,
  );
  expect(channels.map(({ name }) => name)).toEqual(['good']);
  expect(problems).toMatchObject([{ file: 'channels.yaml', message: expect.stringMatching(words) }]);
  expect(JSON.stringify(problems)).not.toContain('hunter2');
});

it.each(['channels: [hunter2', 'hunter2', 'rules: []', 'a: &a [*a, hunter2]'])(
  'a file %j is refused as a whole',
  (text) => {
    const { channels, problems } = parseChannels(text, source);
    expect(channels).toEqual([]);
    expect(problems).toMatchObject([
      { message: expect.stringMatching(/^file: (not valid YAML|does not hold)/) },
    ]);
    expect(JSON.stringify(problems)).not.toContain('hunter2');
  },
);

it('a name is given once, and there is a limit', () => {
  const entry = (name: string) => `  - { name: ${name}, ${hook} }`;
  const many = Array.from({ length: channelsMax + 1 }, (_, index) => entry(`c${index}`));
  const { channels, problems } = parseChannels(['channels:', entry('c0'), ...many].join('\n'), source);
  expect(channels).toHaveLength(channelsMax);
  expect(problems.map(({ channel }) => channel)).toEqual(['c0', `c${channelsMax}`]);
});

it('the file stands beside the rules and is none', async () => {
  const dir = await mkdtemp(path.join(tmpdir(), 'nightjar-channels-'));
  try {
    expect(await loadChannels(dir, source)).toEqual({ channels: [], problems: [] });
    const file = path.join(dir, 'channels.yaml');
    await writeFile(file, `channels:\n  - { name: ops, ${hook} }`);
    expect((await loadChannels(dir, source)).channels).toMatchObject([{ name: 'ops' }]);
    expect(await loadRules(dir)).toEqual({ rules: [], inhibitions: [], problems: [] });
    await writeFile(file, '#'.repeat(channelsFileBytesMax + 1));
    const { problems } = await loadChannels(dir, source);
    expect(problems[0]?.message).toMatch(/^file: larger than/);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});

it.each([
  ['mail', 'mail', 0],
  ['nobody', undefined, 1],
  ['snitch', undefined, 1],
] as const)('the fallback %s is %s', async (fallback, expected, problemCount) => {
  const dir = await mkdtemp(path.join(tmpdir(), 'nightjar-channels-'));
  try {
    const channels = [
      { name: 'mail', kind: 'webhook', url: 'https://example.org/a' },
      { name: 'snitch', kind: 'webhook', url: 'https://example.org/b', heartbeat: '1m', alerts: false },
    ];
    await writeFile(path.join(dir, 'channels.yaml'), JSON.stringify({ fallback, channels }));
    const loaded = await loadChannels(dir, source);
    expect(loaded.fallback).toBe(expected);
    expect(loaded.channels).toHaveLength(2);
    expect(loaded.problems).toHaveLength(problemCount);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});

it('every kind is read with what it needs, and the addresses of chat rooms are secrets', () => {
  const list = [
    '{ name: a, kind: alertmanager, url: "http://am:9093", token: "${TOKEN}" }',
    '{ name: b, kind: pagerduty, routingKey: "${TOKEN}" }',
    '{ name: c, kind: opsgenie, apiKey: "${TOKEN}" }',
    '{ name: d, kind: slack, url: "${ROOM}" }',
    '{ name: e, kind: teams, url: "${ROOM}" }',
    '{ name: f, kind: discord, url: "${ROOM}" }',
    '{ name: g, kind: ntfy, topic: on-call }',
    '{ name: h, kind: email, host: mail.lan, from: nj@example.org, to: [ada@example.org] }',
    '{ name: i, kind: log }',
    '{ name: x, kind: slack, url: "https://hooks.example/hunter2" }',
    '{ name: y, kind: slack, url: "${TOKEN}" }',
    '{ name: z, kind: email, host: mail.lan, from: nj, to: [] }',
  ];
  const values: Readonly<Record<string, string>> = { TOKEN: 'token', ROOM: 'https://hooks.example/room' };
  const text = `channels:\n${list.map((entry) => `  - ${entry}`).join('\n')}`;
  const { channels, problems } = parseChannels(text, { readSecret: (it) => values[it], reserved: [] });
  expect(channels.map((it) => it.kind)).toEqual(
    'alertmanager pagerduty opsgenie slack teams discord ntfy email log'.split(' '),
  );
  expect(channels[3]).toMatchObject({ url: values['ROOM'] });
  expect(problems.map(({ message }) => message)).toEqual([
    'url: is a secret, write ${NAME} and put it into the environment variable NAME',
    'url: refers to TOKEN, which is not an http(s) address',
    'from: is not an email address',
    'to: is empty, add an address',
  ]);
});
