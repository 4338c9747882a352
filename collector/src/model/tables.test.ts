import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openTestStorage } from '../storage/testing.ts';
import type { Storage } from '../storage/types.ts';
import type { PointBlock } from './tables.ts';
import { LOGS, METRIC_POINTS, METRIC_TYPES, RESOURCES, SPANS, createBlocks } from './tables.ts';

let storage: Storage;
let directory: string;

beforeAll(async () => {
  storage = await openTestStorage();
  directory = await mkdtemp(join(tmpdir(), 'nightjar-model-'));
});
afterAll(async () => {
  await storage.close();
  await rm(directory, { recursive: true, force: true });
});

const TABLES = { spans: SPANS, resources: RESOURCES, logs: LOGS, metric_points: METRIC_POINTS };

describe.each(Object.entries(TABLES))('the columns sent for %s', (table, schema) => {
  it('are those of the table, in types that it takes', async () => {
    const rows = await storage.query(
      {
        name: 'test.columns',
        sql: 'SELECT name, type FROM system.columns WHERE database = currentDatabase() AND table = {table:String} LIMIT 100',
        params: z.object({ table: z.string() }),
        row: z.object({ name: z.string(), type: z.string() }),
      },
      { table },
    );
    const stored = new Map(rows.map(({ name, type }) => [name, plain(type)]));
    const sent = new Map(Object.entries(schema).map(([name, kind]) => [name, plain(kind.type)]));
    expect(Object.fromEntries(sent)).toEqual(Object.fromEntries(stored));
  });
});

/** LowCardinality is storage, not meaning. */
function plain(type: string): string {
  return type.replaceAll(/LowCardinality\((\w+)\)/g, '$1');
}

function pushPoint(block: PointBlock, name: string, count: number): void {
  const columns = block.columns;
  columns.name.pushText(name);
  columns.service.pushEmpty();
  columns.environment.pushText('é'.repeat(40));
  columns.resource_id.pushU64(0xffffffff, 0xffffffff);
  columns.series_id.pushU64(1, 1);
  columns.time.pushU64(1_700_000_000_123 % 2 ** 32, Math.floor(1_700_000_000_123 / 2 ** 32));
  columns.start_time.pushZero();
  columns.type.pushU8(METRIC_TYPES.histogram);
  columns.is_monotonic.pushU8(1);
  columns.temporality.pushU8(2);
  columns.unit.pushText('s');
  columns.description.pushPair(Buffer.from('a'), Buffer.from('b'));
  columns.value.pushF64(-1.5);
  columns.count.pushU64(count, 0);
  for (const column of [columns.sum, columns.min, columns.max]) column.pushF64(0.1);
  for (let i = 0; i < count; i++) columns.bucket_counts.items.pushU64(i, 0);
  columns.bucket_counts.endRow(count);
  columns.bucket_bounds.endRow(0);
  for (let i = 0; i < count; i++) {
    columns.attributes.items.keys.pushText(`k${i}`);
    columns.attributes.items.values.pushText('v'.repeat(i * 60));
  }
  columns.attributes.endRow(count);
  columns.queue.pushEmpty();
  columns.ingested_at.pushU32(1_700_000_000);
  block.endRow();
}

it('stores what the columns hold, over several blocks in one file', async () => {
  const { metric_points: block } = createBlocks();
  const path = join(directory, 'points.native');
  pushPoint(block, 'first', 0);
  pushPoint(block, 'second', 3);
  block.mark();
  pushPoint(block, 'taken back', 2);
  block.rewind();
  const one = block.encode();
  block.reset();
  expect(block.rows).toBe(0);
  pushPoint(block, 'third', 1);
  await writeFile(path, Buffer.concat([one, block.encode()]));
  await storage.insertSegment({ table: 'metric_points', path, columns: block.names, token: 'round-trip' });
  const rows = await storage.query(
    {
      name: 'test.points',
      sql: `SELECT name, environment, toString(resource_id) AS resource, toString(series_id) AS series,
        toString(toUnixTimestamp64Milli(time)) AS ms, toString(type) AS type, is_monotonic, description, value, sum,
        toString(bucket_counts) AS counts, attributes, toUnixTimestamp(ingested_at) AS seconds
        FROM metric_points ORDER BY count LIMIT 10`,
      params: z.object({}),
      row: z.record(z.string(), z.unknown()),
    },
    {},
  );
  const expected = (name: string, counts: string, attributes: Record<string, string>) => ({
    name,
    environment: 'é'.repeat(40),
    resource: '18446744073709551615',
    series: '4294967297',
    ms: '1700000000123',
    type: 'histogram',
    is_monotonic: true,
    description: 'a b',
    value: -1.5,
    sum: 0.1,
    counts,
    attributes,
    seconds: 1_700_000_000,
  });
  expect(rows).toEqual([
    expected('first', '[]', {}),
    expected('third', '[0]', { k0: '' }),
    expected('second', '[0,1,2]', { k0: '', k1: 'v'.repeat(60), k2: 'v'.repeat(120) }),
  ]);
});
