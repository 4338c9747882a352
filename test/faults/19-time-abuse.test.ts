import { afterAll, beforeAll, expect, it } from 'vitest';
import { tempDir } from '../support/paths.ts';
import { postProtobuf, spanField, tracesOf } from './support/messages.ts';
import { openPipeline } from './support/pipeline.ts';
import type { Pipeline } from './support/pipeline.ts';

const PARTITIONS_MAX = 3;
const dir = tempDir('time');
let pipeline: Pipeline;
beforeAll(async () => {
  pipeline = await openPipeline({ directory: dir.path });
});
afterAll(async () => {
  await pipeline.close();
  dir.remove();
});

const now = BigInt(Date.now()) * 1_000_000n;
const hour = 3_600_000_000_000n;
const year = 365n * 24n * hour;
const TIMES: readonly (readonly [string, bigint, bigint])[] = [
  ['start after end', now, now - hour],
  ['1970', 0n, 1n],
  ['1970 to now', 0n, now],
  ['1999', now - 30n * year, now - 30n * year],
  ['2262', 2n ** 63n - 1n, 2n ** 63n - 1n],
  ['now to 2262', now, 2n ** 63n - 1n],
  ['2 to the 63', 2n ** 63n, 2n ** 63n],
  ['minus 2 to the 63', -(2n ** 63n), now],
  ['minus one', -1n, -1n],
  ['2 to the 64 less one', 2n ** 64n - 1n, 0n],
  ['seconds for nanoseconds', now / 1_000_000_000n, now / 1_000_000_000n],
  ['milliseconds for nanoseconds', now / 1_000_000n, now / 1_000_000n],
  ['two days ahead', now + 48n * hour, now + 49n * hour],
];

it.each(TIMES)('%s: clamped, marked, in a partition of today', async (name, startNs, endNs) => {
  expect(await postProtobuf(pipeline.url, tracesOf('time', [spanField({ name, startNs, endNs })]))).toBe(200);
  expect(await pipeline.journal.flush(10_000)).toBe(true);
  const rows = await pipeline.rows(
    `SELECT has(mapKeys(attributes_bool), 'nightjar.time_clamped') AS is_clamped, toString(duration_ns) AS duration,
       toUnixTimestamp(toDateTime(start_time)) AS start FROM spans WHERE name = '${name}'`,
  );
  expect(rows.map((row) => [row['is_clamped'], row['duration']])).toEqual([[1, '0']]);
  expect(Math.abs(Number(rows[0]?.['start']) - Date.now() / 1_000)).toBeLessThan(600);
});

const NUMBERS = [
  '"NaN"',
  '"Infinity"',
  '"-Infinity"',
  '1e400',
  '-1',
  '1.5',
  '"x"',
  'null',
  '{}',
  '[]',
  'true',
];
it.each(NUMBERS)('JSON with the time %s: an answer, and no row of another time', async (time) => {
  const text = `{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"0123456789abcdef0123456789abcdef",
    "spanId":"00000000000000ff","name":"json","kind":2,"startTimeUnixNano":${time},"endTimeUnixNano":${time}}]}]}]}`;
  const response = await fetch(`${pipeline.url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: text,
  });
  await response.arrayBuffer();
  expect([200, 400]).toContain(response.status);
});

it(`all of them made at most ${PARTITIONS_MAX} partitions`, async () => {
  expect(await pipeline.journal.flush(10_000)).toBe(true);
  const [row] = await pipeline.rows('SELECT uniqExact(toDate(start_time)) AS days, count() AS n FROM spans');
  expect(Number(row?.['n'])).toBeGreaterThanOrEqual(TIMES.length);
  expect(Number(row?.['days'])).toBeLessThanOrEqual(PARTITIONS_MAX);
});
