import { afterAll, expect, it } from 'vitest';
import { tempDir } from '../support/paths.ts';
import { Ledger } from './support/ledger.ts';
import { openPipeline } from './support/pipeline.ts';

const BATCHES = 120;
const dir = tempDir('ambiguous');
afterAll(() => dir.remove());

it('an insert whose answer is lost is repeated with its token: counted once, in the rollups too', async () => {
  const lost = { replies: 0 };
  const pipeline = await openPipeline({
    directory: dir.path,
    journal: { segmentBytesMax: 8_000 },
    wrap: (storage) => {
      const tries = new Map<string, number>();
      return {
        ...storage,
        async insertSegment(segment) {
          await storage.insertSegment(segment);
          const tried = (tries.get(segment.token) ?? 0) + 1;
          tries.set(segment.token, tried);
          // Each segment is inserted three times before its answer arrives.
          if (tried > 2) return;
          lost.replies += 1;
          throw new Error('the connection was cut after the server had committed');
        },
      };
    },
  });
  const ledger = new Ledger();
  for (let batch = 0; batch < BATCHES; batch++) expect((await ledger.send(pipeline.url)).status).toBe(200);
  expect(await pipeline.journal.flush(30_000)).toBe(true);
  expect(lost.replies).toBeGreaterThan(4);
  expect(pipeline.counts.get('insert/failed')).toBe(lost.replies);
  expect(await ledger.audit(pipeline)).toEqual({ stored: ledger.acknowledged, faults: [] });
  await pipeline.close();
});

it('a request whose answer is lost is stored once, before and after a restart', async () => {
  const directory = dir.path;
  const bodies = Array.from({ length: 6 }, (_, index) => body(index));
  for (const restart of [0, 1, 2]) {
    const pipeline = await openPipeline({ directory });
    for (const each of bodies) {
      // Twice at once, and once more: as a sender does that lost patience, and one that never heard.
      const answers = await Promise.all([post(pipeline.url, each), post(pipeline.url, each)]);
      expect([...answers, await post(pipeline.url, each)]).toEqual([200, 200, 200]);
    }
    expect(pipeline.counts.get('dropped/sent_again')).toBe(restart === 0 ? 12 : 18);
    expect(await pipeline.journal.flush(20_000)).toBe(true);
    const [counted] = await pipeline.rows(
      "SELECT count() AS n, uniqExact(span_id) AS ids FROM spans WHERE name = 'resent'",
    );
    expect(counted).toEqual({ n: bodies.length, ids: bodies.length });
    await pipeline.close();
  }
});

async function post(url: string, text: string): Promise<number> {
  const response = await fetch(`${url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: text,
  });
  await response.arrayBuffer();
  return response.status;
}

function body(index: number): string {
  const nowNs = `${Date.now()}000000`;
  const span = {
    traceId: '0123456789abcdef0123456789abcdef',
    spanId: (index + 1).toString(16).padStart(16, '0'),
    name: 'resent',
    kind: 2,
    startTimeUnixNano: nowNs,
    endTimeUnixNano: nowNs,
  };
  return JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });
}
