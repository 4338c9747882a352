import { expect, it } from 'vitest';
import { splitEvents } from './finding-events.ts';

const event = (name: string, attributes: Record<string, string>) => ({ timeUnixNano: '1', name, attributes });
const found = { id: '0123456789abcdef', kind: 'n_plus_one', count: 30, savedMs: 41.5 };

it('reads the findings of the agent and keeps what the app reported', () => {
  const exception = event('exception', { 'exception.type': 'RateError' });
  const json = JSON.stringify({ ...found, statement: 'SELECT ?', memberSpanIds: ['a', 'b'] });
  expect(splitEvents([event('nightjar.finding', { 'nightjar.finding.json': json }), exception])).toEqual({
    findings: [found],
    others: [exception],
  });
});

it.each([
  ['cut short', '{"id":"0123'],
  ['of a kind unknown here', JSON.stringify({ ...found, kind: 'slow_moon' })],
  ['not a finding', 'null'],
])('shows no raw text of a finding that is %s', (_what, json) => {
  expect(splitEvents([event('nightjar.finding', { 'nightjar.finding.json': json })])).toEqual({
    findings: [],
    others: [],
  });
});

it('needs no text at all', () => {
  expect(splitEvents([event('nightjar.finding', {})])).toEqual({ findings: [], others: [] });
});
