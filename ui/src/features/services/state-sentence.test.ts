import type { ServiceDetail } from '@nightjar/collector/contract';
import { expect, it } from 'vitest';
import { stateSentence } from './state-sentence.ts';

const now = 1_790_000_000_000;
const totals = { requests: 1_000, errors: 0, p50Ms: 100, p95Ms: 200, p99Ms: 300, queriesPerRequest: 4 };
const calm: ServiceDetail = {
  service: 'shop',
  language: 'nodejs',
  environments: [],
  current: totals,
  previous: totals,
  releases: [],
  stepMs: 60_000,
  points: [],
};
const say = (detail: Partial<ServiceDetail>) =>
  stateSentence({ ...calm, ...detail }, now)
    .map(({ text, tone }) => (tone === 'plain' ? text : `${text} [${tone}]`))
    .join('; ');

it('names the release that came with the change, and where the time goes', () => {
  const point = { startMs: 0, requests: 10, errors: 0, p50Ms: 1, p95Ms: 1, p99Ms: 1, queriesPerRequest: 1 };
  const sentence = say({
    current: { ...totals, p95Ms: 480, queriesPerRequest: 63 },
    releases: [
      { release: '1.4.1', firstSeenMs: now - 3_000_000 },
      { release: '1.4.2', firstSeenMs: now - 18 * 60_000 },
    ],
    points: [
      { ...point, databaseMs: 61, meanMs: 100 },
      { ...point, databaseMs: null, meanMs: null },
    ],
  });
  expect(sentence).toBe(
    'p95 480 ms, up 2.4× with release 1.4.2, first seen 18 min ago [critical]; 61 % of the time in the database; ' +
      '63 queries a request, up from 4 [warning]',
  );
});

it('says so when nothing changed, and when it got better', () => {
  expect(say({})).toBe('p95 200 ms, as before; 4 queries a request');
  expect(say({ current: { ...totals, p95Ms: 100 } })).toContain('down 2× on the range before [ok]');
});

it('compares nothing with hardly anything', () => {
  const few = { ...totals, requests: 19, p95Ms: 9_000 };
  expect(say({ current: few })).toBe('p95 9 s; 4 queries a request');
  expect(say({ previous: { ...totals, requests: 0, p95Ms: null } })).toMatch(/^p95 200 ms; /);
});

it('tells of errors once there are some, loudly above one percent', () => {
  expect(say({ current: { ...totals, errors: 2 } })).toContain('0.2 % of requests fail;');
  expect(say({ current: { ...totals, errors: 42 } })).toContain(
    '4.2 % of requests fail, up from 0 % [critical]',
  );
});

it('has a sentence for silence', () => {
  expect(say({ current: { ...totals, requests: 0 } })).toBe('No requests in this range');
});
