// What the page on alerting tells people to write is what loads.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parseChannels } from './load-channels.ts';
import { parseRoutes } from './load-routes.ts';
import { parseRules } from './load-rules.ts';

const page = readFileSync(new URL('../../docs/alerting.md', import.meta.url), 'utf8');
const blocks = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => text);
const channels = ['pager', 'team-shop', 'am', 'snitch', 'mail', 'log'];

const readers: Readonly<Record<string, (text: string) => readonly unknown[]>> = {
  rules: (text) => parseRules(text, 'docs.yaml').problems,
  inhibitions: (text) => parseRules(`rules: []\n${text}`, 'docs.yaml').problems,
  channels: (text) =>
    parseChannels(text, { readSecret: () => 'https://hooks.example/0123456789', reserved: ['log'] }).problems,
  routes: (text) => parseRoutes(text, channels).problems,
};

it('has examples of rules, inhibitions, channels and routes', () => {
  const heads = blocks.map((text) => /^(\w+):/m.exec(text)?.[1] ?? '');
  expect(new Set(heads)).toEqual(new Set(Object.keys(readers)));
  expect(heads.filter((head) => head === 'rules').length).toBeGreaterThanOrEqual(4);
});

it.each(blocks)('example %$ loads without a problem', (text) => {
  const head = /^(\w+):/m.exec(text)?.[1] ?? '';
  expect(readers[head]?.(text)).toEqual([]);
});
