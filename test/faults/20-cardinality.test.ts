import { afterAll, expect, it } from 'vitest';
import { textField } from '../bench/ingest/otlp-message.ts';
import { tempDir } from '../support/paths.ts';
import { FOLDED_OPERATIONS_MAX } from '../../collector/src/normalise/operation-names.ts';
import { seededRandom } from '../shop/demo/random.ts';
import { ATTRIBUTES, keyValue, postProtobuf, spanField, tracesOf } from './support/messages.ts';
import { openPipeline } from './support/pipeline.ts';
import { scaled, timeoutMs } from './support/scale.ts';

const BATCH = 1_000;
const spans = scaled({ quick: 20_000, full: 1_000_000 });
const RSS_GROWTH_MAX = scaled({ quick: 400, full: 700 }) * 1024 * 1024;
const QUERY_MS_MAX = 1_000;
const random = seededRandom(20);
const dir = tempDir('cardinality');
afterAll(() => dir.remove());

/** Letters only: not a number that folding takes out. */
const word = (): string =>
  String.fromCharCode(...Array.from({ length: 8 }, () => 97 + Math.floor(random() * 26)));

function batch(): Buffer {
  return tracesOf(
    'cardinality',
    Array.from({ length: BATCH }, () => {
      const path = `/${word()}/${word()}`;
      const fields = [
        keyValue(ATTRIBUTES, 'http.request.method', textField(1, 'GET')),
        keyValue(ATTRIBUTES, 'url.path', textField(1, path)),
        keyValue(ATTRIBUTES, 'user_agent.original', textField(1, word())),
        keyValue(ATTRIBUTES, `key.${word()}`, textField(1, word())),
      ];
      return spanField({ name: 'GET', fields });
    }),
  );
}

it(
  `${spans} requests for paths, agents and attribute keys that never repeat: operations are capped, queries stay quick`,
  async () => {
    const pipeline = await openPipeline({ directory: dir.path });
    expect(await postProtobuf(pipeline.url, batch())).toBe(200);
    expect(await pipeline.journal.flush(20_000)).toBe(true);
    const rssBefore = process.memoryUsage.rss();
    for (let sent = BATCH; sent < spans; sent += BATCH)
      expect(await postProtobuf(pipeline.url, batch())).toBe(200);
    expect(await pipeline.journal.flush(120_000)).toBe(true);
    const startedMs = performance.now();
    const [row] = await pipeline.rows(
      `SELECT uniqExact(operation) AS operations, sumIf(samples, operation = 'GET _other') AS other, sum(samples) AS requests
       FROM operation_minutes WHERE service = 'cardinality'`,
    );
    const tookMs = performance.now() - startedMs;
    expect(row?.['requests']).toBe(spans);
    expect(Number(row?.['operations'])).toBeLessThanOrEqual(FOLDED_OPERATIONS_MAX + 1);
    expect(Number(row?.['other'])).toBeGreaterThanOrEqual(spans - FOLDED_OPERATIONS_MAX);
    expect(tookMs).toBeLessThan(QUERY_MS_MAX);
    // Of this process: engine, caches and the sender's own messages.
    expect(process.memoryUsage.rss() - rssBefore).toBeLessThan(RSS_GROWTH_MAX);
    await pipeline.close();
  },
  timeoutMs,
);
