import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { route } from '../schema/index.ts';
import type { AlertRuleInput, RouteInput } from '../schema/index.ts';
import { loadRoutes, parseRoutes, routesFileBytesMax } from './load-routes.ts';
import { openWorld, worldRule } from './test-support/delivery-world.ts';

const channels = ['log', 'pager', 'team-shop'];

it('reads a tree', () => {
  const text = `
routes:
  - name: shop
    owner: team-shop
    channels: [team-shop]
    groupBy: [service]
    routes:
      - { name: shop-critical, match: [{ label: severity, value: critical }], channels: [pager, team-shop] }
  - { name: rest, channels: [log], repeat: never }`;
  const { routes, problems } = parseRoutes(text, channels);
  expect(problems).toEqual([]);
  expect(routes.map(({ name, routes: children }) => [name, children.map((it) => it.name)])).toEqual([
    ['shop', ['shop-critical']],
    ['rest', []],
  ]);
});

const deep = (depth: number): string =>
  depth === 0 ? '{ name: leaf }' : `{ name: n${depth}, routes: [${deep(depth - 1)}] }`;
it.each([
  ['{ name: a, channels: [gone] }', /there is no channel gone/],
  ['{ name: a, match: [{ label: x, op: "=~", value: "(" }] }', /not a regular expression/],
  ['{ name: a, routes: [{ name: a }] }', /name: a is taken/],
  ['{ name: a, groupWait: soon }', /^groupWait: is not a duration/],
  ['{ name: a, wait: 1s }', /^wait: unknown field/],
  ['{ name: A }', /^name: must be 1 to 80/],
  [deep(6), /deeper than 5/],
  ['x', /^route: wrong type/],
])('%s is refused in words, the others load', (entry, words) => {
  const { routes, problems } = parseRoutes(`routes:\n  - ${entry}\n  - { name: good }`, channels);
  expect(routes.map(({ name }) => name)).toEqual(['good']);
  expect(problems).toContainEqual(
    expect.objectContaining({ file: 'routes.yaml', message: expect.stringMatching(words) }),
  );
});

it.each(['routes: [x', 'x', 'channels: []', 'a: &a [*a]'])('a file %j is refused as a whole', (text) => {
  expect(parseRoutes(text, channels)).toMatchObject({
    routes: [],
    problems: [{ message: expect.stringMatching(/^file: (not valid YAML|does not hold)/) }],
  });
});

it('no file is no routes; a file that is too large is a problem', async () => {
  const dir = await mkdtemp(path.join(tmpdir(), 'nightjar-routes-'));
  try {
    expect(await loadRoutes(dir, channels)).toEqual({ routes: [], problems: [] });
    await writeFile(path.join(dir, 'routes.yaml'), '#'.repeat(routesFileBytesMax + 1));
    expect((await loadRoutes(dir, channels)).problems[0]?.message).toContain('larger than');
    await writeFile(path.join(dir, 'routes.yaml'), 'routes: [{ name: a, channels: [pager] }]');
    expect((await loadRoutes(dir, channels)).routes).toHaveLength(1);
  } finally {
    await rm(dir, { recursive: true });
  }
});

const tree: RouteInput[] = [
  {
    name: 'shop',
    owner: 'team-shop',
    channels: ['team-shop'],
    routes: [{ name: 'critical', match: [{ label: 'severity', value: 'critical' }], channels: ['pager'] }],
  },
  { name: 'cart', match: [{ label: 'team', value: 'cart' }], channels: ['pager'] },
  { name: 'by-name', match: [{ label: 'service', value: 'nothing' }], channels: ['team-shop', 'pager'] },
];
const ways: readonly (readonly [string, Partial<AlertRuleInput>, readonly string[]])[] = [
  ['no route takes it: all channels', {}, ['log', 'pager', 'team-shop']],
  ['the owner takes its route, and a child decides', { owner: 'team-shop' }, ['pager']],
  [
    'the node itself where no child takes it',
    { owner: 'team-shop', conditions: [{ severity: 'warning', threshold: 50 }] },
    ['team-shop'],
  ],
  ['a label', { labels: { team: 'cart' } }, ['pager']],
  ['the rule names its route', { notify: { route: 'by-name' } }, ['pager', 'team-shop']],
  ['the channels of the rule come first', { owner: 'team-shop', notify: { channels: ['log'] } }, ['log']],
  [
    'those of the condition before them',
    {
      notify: { channels: ['log'] },
      conditions: [{ severity: 'critical', threshold: 50, channels: ['team-shop'] }],
    },
    ['team-shop'],
  ],
  ['a route that is not there: as if none was named', { notify: { route: 'gone' } }, channels],
];
it.each(ways)('%s', async (_name, part, expected) => {
  const world = openWorld({
    rules: [worldRule('cpu', part)],
    scripts: { cpu: () => ({ a: 99 }) },
    routing: { routes: tree.map((it) => route.parse(it)) },
    channels: Object.fromEntries(channels.map((name) => [name, () => ({ kind: 'delivered' as const })])),
  });
  await world.run(200);
  expect(world.attempts.map(({ channel }) => channel).sort()).toEqual([...expected].sort());
});

it('a channel that groups by itself is told of every alert alone, beside the group of another', async () => {
  const routes = [route.parse({ name: 'all', groupBy: [], groupWait: '1s' })];
  const world = openWorld({
    rules: [worldRule('cpu')],
    scripts: { cpu: (atMs) => (atMs < 3_000 ? { a: 99, b: 99 } : { a: 1, b: 1 }) },
    routing: { routes, alone: ['am'] },
    channels: { am: () => ({ kind: 'delivered' }), hook: () => ({ kind: 'delivered' }) },
  });
  await world.run(100_000);
  const said = world.arrived().map((line) => line.replace(/^\S+ /, ''));
  expect(said.filter((line) => line.startsWith('am')).sort()).toEqual([
    'am resolve a',
    'am resolve b',
    'am trigger a',
    'am trigger b',
  ]);
  expect(said.filter((line) => line.startsWith('hook'))).toEqual(['hook trigger a b', 'hook resolve -a -b']);
});
