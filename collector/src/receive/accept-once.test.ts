import { expect, it } from 'vitest';
import { SILENT_METRICS } from '../model/stages.ts';
import type { OtlpRequest, Outcome } from '../model/stages.ts';
import { acceptOnce } from './accept-once.ts';
import { requestIdentity } from './request-identity.ts';
import { scripted, STORED } from './testing.ts';

const SENT = { key: undefined, signal: 'traces', format: 'protobuf', encoding: 'gzip' } as const;

function request(text: string): OtlpRequest {
  const body = Buffer.from(text);
  return { signal: 'traces', format: 'protobuf', body, identity: requestIdentity(SENT, body) };
}

function once() {
  const script = scripted();
  const keptRows = new Map<string, { readonly rows: number }>();
  const again: number[] = [];
  const metrics = {
    ...SILENT_METRICS,
    dropped: (_: string, reason: string, records: number) =>
      void (reason === 'sent_again' && again.push(records)),
  };
  const kept = (identity: string) => keptRows.get(identity);
  return { script, keptRows, again, accept: acceptOnce({ accept: script.accept, kept, metrics }) };
}

it('answers a request that is kept without storing it again, and counts its records', async () => {
  const { script, keptRows, again, accept } = once();
  const sent = request('a');
  keptRows.set(sent.identity ?? '', { rows: 7 });
  expect(await accept(sent)).toEqual({ kind: 'stored', accepted: 7, rejected: 0, message: '' });
  expect([script.seen.length, again]).toEqual([0, [7]]);
  expect(await accept(request('b'))).toEqual(STORED);
  expect(script.seen.length).toBe(1);
});

it('lets one that comes while the first is under way wait for its answer', async () => {
  const { script, again } = once();
  const gate = Promise.withResolvers<Outcome>();
  const accept = acceptOnce({
    accept: async (given) => {
      script.seen.push(given);
      return await gate.promise;
    },
    kept: () => undefined,
    metrics: { ...SILENT_METRICS, dropped: (_, __, records) => void again.push(records) },
  });
  const answers = [accept(request('a')), accept(request('a')), accept(request('b'))];
  gate.resolve(STORED);
  expect(await Promise.all(answers)).toEqual([STORED, STORED, STORED]);
  expect([script.seen.length, again]).toEqual([2, [1]]);
});

it('tries one anew that was refused', async () => {
  const { script, accept } = once();
  script.next = { kind: 'unavailable', reason: 'journal_full', retryAfterSeconds: 1 };
  expect((await accept(request('a'))).kind).toBe('unavailable');
  script.next = STORED;
  expect((await accept(request('a'))).kind).toBe('stored');
  expect(script.seen.length).toBe(2);
});

it('tells requests apart by sender, signal, format, encoding and bytes', () => {
  const body = Buffer.from('x');
  const all = [
    requestIdentity(SENT, body),
    requestIdentity({ ...SENT, key: 'k' }, body),
    requestIdentity({ ...SENT, signal: 'logs' }, body),
    requestIdentity({ ...SENT, format: 'json' }, body),
    requestIdentity({ ...SENT, encoding: 'zstd' }, body),
    requestIdentity(SENT, Buffer.from('y')),
  ];
  expect(new Set(all).size).toBe(all.length);
  expect(all.every((identity) => /^[0-9a-f]{32}$/.test(identity))).toBe(true);
  expect(requestIdentity({ ...SENT }, Buffer.from('x'))).toBe(all[0]);
});
