import { afterAll, beforeAll, expect, it } from 'vitest';
import { tempDir } from '../support/paths.ts';
import {
  ATTRIBUTES,
  event,
  keyValue,
  link,
  nestedArrays,
  nestedMaps,
  postProtobuf,
  spanField,
  tracesOf,
} from './support/messages.ts';
import { textField } from '../bench/ingest/otlp-message.ts';
import { openPipeline } from './support/pipeline.ts';
import type { Pipeline } from './support/pipeline.ts';
import { ATTRIBUTES_MAX, EVENTS_MAX, LINKS_MAX, VALUE_BYTES_MAX } from '../../collector/src/model/limits.ts';

const DEPTH = 10_000;
const ANSWER_MS_MAX = 10_000;
const dir = tempDir('deep');
let pipeline: Pipeline;
beforeAll(async () => {
  pipeline = await openPipeline({ directory: dir.path });
});
afterAll(async () => {
  await pipeline.close();
  dir.remove();
});

const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));
const CASES: readonly (readonly [string, () => readonly Uint8Array[], string])[] = [
  ['arrays 10,000 deep', () => [keyValue(ATTRIBUTES, 'deep', nestedArrays(DEPTH))], 'attributes'],
  ['maps 10,000 deep', () => [keyValue(ATTRIBUTES, 'deep', nestedMaps(DEPTH))], 'attributes'],
  [
    'a million attributes',
    () => times(1_000_000, (i) => keyValue(ATTRIBUTES, `k${i}`, textField(1, 'v'))),
    'attributes',
  ],
  [
    'a text of 10 MB',
    () => [keyValue(ATTRIBUTES, 'long', textField(1, 'x'.repeat(10_000_000)))],
    'attributes',
  ],
  ['a key of 1 MB', () => [keyValue(ATTRIBUTES, 'k'.repeat(1_000_000), textField(1, 'v'))], 'attributes'],
  ['100,000 events', () => times(100_000, (i) => event(`e${i}`)), 'events'],
  ['100,000 links', () => times(100_000, () => link()), 'links'],
];

it.each(CASES)('%s: stored within the limits, marked or counted', async (name, fields) => {
  const startedMs = performance.now();
  const body = tracesOf('deep', [spanField({ name, fields: fields() })]);
  const builtMs = performance.now();
  expect(await postProtobuf(pipeline.url, body)).toBe(200);
  expect(performance.now() - builtMs).toBeLessThan(ANSWER_MS_MAX);
  expect(builtMs).toBeGreaterThan(startedMs);
  expect(await pipeline.journal.flush(10_000)).toBe(true);
  const [row] = await pipeline.rows(
    `SELECT length(attributes_string) AS attributes, length(event_name) AS events, length(link_span_id) AS links,
       arrayMap(v -> length(v), mapValues(attributes_string)) AS lengths, dropped_count AS dropped,
       has(mapKeys(attributes_bool), 'nightjar.truncated') AS is_truncated
     FROM spans WHERE name = '${name}'`,
  );
  expect(row).toBeDefined();
  expect(Number(row?.['attributes'])).toBeLessThanOrEqual(ATTRIBUTES_MAX);
  expect(Number(row?.['events'])).toBeLessThanOrEqual(EVENTS_MAX);
  expect(Number(row?.['links'])).toBeLessThanOrEqual(LINKS_MAX);
  const lengths = Array.isArray(row?.['lengths']) ? row['lengths'].map(Number) : [];
  expect(Math.max(0, ...lengths)).toBeLessThanOrEqual(VALUE_BYTES_MAX);
  expect(Number(row?.['dropped']) + Number(row?.['is_truncated'])).toBeGreaterThan(0);
});

it('JSON as deep, and a body of brackets: an answer, no stack overflow', async () => {
  const nested = `${'{"arrayValue":{"values":['.repeat(DEPTH)}{"stringValue":"x"}${']}}'.repeat(DEPTH)}`;
  const span = `{"traceId":"0123456789abcdef0123456789abcdef","spanId":"00000000000000ff","name":"json","kind":2,
    "startTimeUnixNano":"${Date.now()}000000","endTimeUnixNano":"${Date.now()}000000","attributes":[{"key":"deep","value":${nested}}]}`;
  for (const text of [`{"resourceSpans":[{"scopeSpans":[{"spans":[${span}]}]}]}`, '['.repeat(5_000_000)]) {
    const response = await fetch(`${pipeline.url}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: text,
    });
    await response.arrayBuffer();
    expect([200, 400]).toContain(response.status);
  }
  expect(await postProtobuf(pipeline.url, tracesOf('deep', [spanField({ name: 'after' })]))).toBe(200);
});
