import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createDecoder } from '../decode/decoder.ts';
import { SILENT_METRICS } from '../model/stages.ts';
import { createBlocks } from '../model/tables.ts';
import { openTestStorage } from '../storage/testing.ts';
import { createNormaliser } from './normaliser.ts';
import { attributesOf, CASES, INTERNAL, NOW_MS } from './span-row-cases.ts';
import type { Row } from './span-row-cases.ts';

const NOW_NS = `${NOW_MS}000000`;

const rows = new Map<string, Row>();
let directory: string;

beforeAll(async () => {
  const storage = await openTestStorage();
  directory = await mkdtemp(join(tmpdir(), 'nightjar-normalise-'));
  const blocks = createBlocks();
  const store = { blocks, refusal: () => undefined, commit: async () => await Promise.resolve(undefined) };
  const sink = createNormaliser({ store, salt: Buffer.from('salt'), now: () => NOW_MS });
  const accept = createDecoder({ sink, metrics: SILENT_METRICS });
  const spans = Object.values(CASES).map(([given], i) => ({
    traceId: 'ab'.repeat(16),
    spanId: (i + 1).toString(16).padStart(16, '0'),
    name: given.name ?? 'work',
    kind: given.kind ?? INTERNAL,
    startTimeUnixNano: NOW_NS,
    endTimeUnixNano: NOW_NS,
    attributes: attributesOf(given.attributes ?? {}),
    ...given.more,
  }));
  const resource = {
    attributes: attributesOf({
      'service.name': 'shop',
      'service.version': '2',
      'deployment.environment': 'test',
    }),
  };
  const body = Buffer.from(
    JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'lib' }, spans }] }] }),
  );
  await accept({ signal: 'traces', format: 'json', body });
  const path = join(directory, 'spans.native');
  await writeFile(path, blocks.spans.encode());
  await storage.insertSegment({ table: 'spans', path, columns: blocks.spans.names, token: 'spans' });
  const stored = await storage.query(
    {
      name: 'test.spans',
      sql: 'SELECT * FROM spans ORDER BY span_id LIMIT 1000',
      params: z.object({}),
      row: z.record(z.string(), z.unknown()),
    },
    {},
  );
  for (const [i, title] of Object.keys(CASES).entries()) rows.set(title, stored[i] ?? {});
  await storage.close();
});
afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
});

it.each(Object.entries(CASES))('%s', (title, [, expected]) => {
  const row = rows.get(title) ?? {};
  expect(Object.fromEntries(Object.keys(expected).map((column) => [column, row[column]]))).toEqual(expected);
});

describe('in all of it', () => {
  it('no value of a statement, of a parameter or of a URL is left', () => {
    const leaking = [...rows].filter(([, row]) => /secret|Alice|token=x|u:p@/.test(JSON.stringify(row)));
    expect(leaking.map(([title]) => title)).toEqual([]);
  });

  it('statements that differ in their values have one fingerprint and different hashes', () => {
    const known = rows.get('a statement in both spellings');
    expect(known?.['db_fingerprint']).toBe(rows.get('new database names')?.['db_fingerprint']);
    expect(known?.['parameter_hash']).not.toBe(0);
    expect(rows.get('values beside the statement')?.['parameter_hash']).not.toBe(0);
    expect(rows.get('old database names')?.['parameter_hash']).toBe(0);
  });

  it('every row knows its service', () => {
    for (const row of rows.values()) {
      expect(row).toMatchObject({ service: 'shop', release: '2', environment: 'test', scope_name: 'lib' });
    }
  });
});
