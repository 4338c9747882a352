import { expect, it } from 'vitest';
import { createDecoder } from '../../collector/src/decode/decoder.ts';
import { SILENT_METRICS } from '../../collector/src/model/stages.ts';
import type { Format, RowStore, Signal } from '../../collector/src/model/stages.ts';
import { createBlocks } from '../../collector/src/model/tables.ts';
import { createNormaliser } from '../../collector/src/normalise/normaliser.ts';
import {
  bytesField,
  fixed64Field,
  messageField,
  textField,
  varintField,
} from '../bench/ingest/otlp-message.ts';
import { makeTemplate } from '../bench/ingest/template.ts';
import { seededRandom } from '../shop/demo/random.ts';
import { ATTRIBUTES, event, keyValue, link, nestedMaps, spanField, tracesOf } from './support/messages.ts';
import { scaled, timeoutMs } from './support/scale.ts';

const mutations = scaled({ quick: 60_000, full: 10_000_000 });
const ROWS_BYTES_MAX = 8 * 1024 * 1024;
const SLOW_MS = 1_000;
const random = seededRandom(18);
const below = (limit: number): number => Math.floor(random() * limit);

/** Stages up to the journal; rows are encoded as they would be written, and forgotten. */
function createStages() {
  const blocks = createBlocks();
  const all = [blocks.resources, blocks.spans, blocks.logs, blocks.metric_points];
  const encoded = { bytesMax: 0 };
  const store: RowStore = {
    blocks,
    refusal: () => undefined,
    async commit() {
      for (const block of all) {
        if (block.rows > 0) encoded.bytesMax = Math.max(encoded.bytesMax, block.encode().length);
        block.reset();
      }
      return await Promise.resolve(undefined);
    },
  };
  const sink = createNormaliser({ store, salt: Buffer.from('salt') });
  return { accept: createDecoder({ sink, metrics: SILENT_METRICS }), encoded };
}

const resource = messageField(1, [keyValue(1, 'service.name', textField(1, 'fuzz'))]);
const nowNs = BigInt(Date.now()) * 1_000_000n;
const logRecord = messageField(2, [
  fixed64Field(1, nowNs),
  varintField(2, 9),
  textField(3, 'INFO'),
  bytesField(5, textField(1, 'hello')),
  keyValue(6, 'constructor.prototype.polluted', nestedMaps(3)),
  bytesField(9, Buffer.alloc(16, 7)),
  bytesField(10, Buffer.alloc(8, 7)),
]);
const gauge = messageField(2, [
  textField(1, 'nightjar.queue.depth'),
  bytesField(5, messageField(1, [fixed64Field(3, nowNs), fixed64Field(6, 41n)])),
]);
const histogram = messageField(2, [
  textField(1, 'latency'),
  bytesField(
    9,
    messageField(1, [
      fixed64Field(3, nowNs),
      fixed64Field(4, 2n),
      bytesField(6, Buffer.alloc(24, 1)),
      bytesField(7, Buffer.alloc(16, 1)),
    ]),
  ),
]);
const seeds: readonly (readonly [Signal, Buffer])[] = [
  ['traces', makeTemplate(1, 10).bytes],
  ['traces', makeTemplate(2, 10).bytes],
  [
    'traces',
    tracesOf('fuzz', [
      spanField({
        name: 'seed',
        fields: [event('e'), link(), keyValue(ATTRIBUTES, '__proto__', nestedMaps(5))],
      }),
    ]),
  ],
  ['logs', Buffer.from(messageField(1, [resource, messageField(2, [logRecord, logRecord])]))],
  ['metrics', Buffer.from(messageField(1, [resource, messageField(2, [gauge, histogram])]))],
];
const jsonText = JSON.stringify({
  resourceSpans: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'fuzz' } }] },
      scopeSpans: [
        {
          spans: [
            {
              traceId: '0123456789abcdef0123456789abcdef',
              spanId: '0123456789abcdef',
              name: 'GET /x',
              kind: 2,
              startTimeUnixNano: '1760000000000000000',
              endTimeUnixNano: 1_760_000_000_000_000,
              attributes: [
                { key: 'constructor.prototype.polluted', value: { intValue: '9007199254740993' } },
                {
                  key: 'a',
                  value: { kvlistValue: { values: [{ key: 'b', value: { doubleValue: 1.5 } }] } },
                },
              ],
              events: [{ timeUnixNano: '1', name: 'e', attributes: [] }],
            },
          ],
        },
      ],
    },
  ],
});
const jsonSeed = ['traces', Buffer.from(jsonText)] as const;

/** A few changes of the kinds that find faults in decoders: bits, lengths, cuts, repeats, other messages inside. */
function mutate(seed: Buffer): Buffer {
  let bytes = Buffer.from(seed);
  for (let change = 1 + below(4); change > 0; change--) {
    const at = below(bytes.length);
    const kind = below(6);
    if (kind === 0) bytes[at] = (bytes[at] ?? 0) ^ (1 << below(8));
    else if (kind === 1) bytes[at] = below(256);
    else if (kind === 2) bytes = bytes.subarray(0, at + 1);
    else if (kind === 3)
      bytes = Buffer.concat([bytes.subarray(0, at), Buffer.alloc(1 + below(10), 0xff), bytes.subarray(at)]);
    else if (kind === 4) bytes = Buffer.concat([bytes, bytes.subarray(at, at + below(64))]);
    else bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + below(8))]);
    if (bytes.length === 0) return Buffer.from([0]);
  }
  return bytes;
}

it(
  `${mutations} mutated messages: every one is stored or refused, quickly, and nothing is polluted`,
  async () => {
    const { accept, encoded } = createStages();
    for (const [signal, body] of seeds)
      expect(await accept({ signal, format: 'protobuf', body })).toMatchObject({
        kind: 'stored',
        rejected: 0,
      });
    const outcomes = new Map<string, number>();
    for (let mutation = 0; mutation < mutations; mutation++) {
      const format: Format = mutation % 8 === 7 ? 'json' : 'protobuf';
      const [signal, seed] = (format === 'json' ? undefined : seeds[below(seeds.length)]) ?? jsonSeed;
      const body = mutate(seed);
      const startedMs = performance.now();
      const { kind } = await accept({ signal, format, body });
      const tookMs = performance.now() - startedMs;
      if (tookMs > SLOW_MS) throw new Error(`${tookMs} ms for ${body.toString('base64')}`);
      outcomes.set(`${format} ${kind}`, (outcomes.get(`${format} ${kind}`) ?? 0) + 1);
    }
    console.log(Object.fromEntries(outcomes));
    const kinds = ['protobuf stored', 'protobuf undecodable', 'json stored', 'json undecodable'];
    expect([...outcomes.keys()].sort()).toEqual(kinds.sort());
    expect(encoded.bytesMax).toBeLessThan(ROWS_BYTES_MAX);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  },
  timeoutMs,
);
