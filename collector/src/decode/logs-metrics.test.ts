import {
  JsonLogsSerializer,
  JsonMetricsSerializer,
  ProtobufLogsSerializer,
  ProtobufMetricsSerializer,
} from '@opentelemetry/otlp-transformer';
import { describe, expect, it } from 'vitest';
import { SILENT_METRICS } from '../model/stages.ts';
import type { OtlpRequest } from '../model/stages.ts';
import { METRIC_TYPES } from '../model/tables.ts';
import { capture } from './capture.ts';
import type { Capture } from './capture.ts';
import { createDecoder } from './decoder.ts';

type Logs = Parameters<typeof ProtobufLogsSerializer.serializeRequest>[0];
type Metrics = Parameters<typeof ProtobufMetricsSerializer.serializeRequest>[0];

async function decode(
  signal: OtlpRequest['signal'],
  format: OtlpRequest['format'],
  body: Uint8Array,
): Promise<Capture> {
  const sink = capture();
  const outcome = await createDecoder({ sink, metrics: SILENT_METRICS })({ signal, format, body });
  expect(outcome.kind).toBe('stored');
  return sink;
}

const resource = { attributes: { 'service.name': 'shop' } };
const instrumentationScope = { name: 'lib', version: '1' };
const START = [1_700_000_000, 1] as const;
const END = [1_700_000_060, 999_999_999] as const;
const TIMES = { startTime: START, endTime: END };
const POINT = {
  start: 1_700_000_000_000_000_001n,
  time: 1_700_000_060_999_999_999n,
  value: 0,
  count: 0n,
  sum: 0,
  min: 0,
  max: 0,
  counts: [],
  bounds: [],
  attributes: [['queue', 'string', 'mail']],
};
const attributes = { queue: 'mail' };

const record: object = {
  hrTime: START,
  hrTimeObserved: END,
  severityNumber: 17,
  severityText: 'ERROR',
  eventName: 'crash',
  body: { code: 7, list: ['a', true] },
  attributes: { n: 1.5, __proto__text: 'x' },
  spanContext: { traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8), traceFlags: 1 },
  resource,
  instrumentationScope,
  droppedAttributesCount: 2,
};

/** As the SDK hands it to the serialisers: data point types 0 to 3 are histogram, exponential, gauge, sum. */
const metrics: object = {
  resource,
  scopeMetrics: [
    {
      scope: instrumentationScope,
      metrics: [
        metric('depth', 2, { value: 12, attributes, ...TIMES }),
        { ...metric('jobs', 3, { value: -1.5, attributes, ...TIMES }), isMonotonic: true },
        metric('latency', 0, {
          value: { buckets: { boundaries: [1, 5], counts: [1, 2, 3] }, sum: 20, count: 6, min: 0.5, max: 9 },
          attributes,
          ...TIMES,
        }),
        metric('size', 1, {
          value: {
            scale: 0,
            zeroCount: 4,
            sum: 21,
            count: 10,
            min: -2,
            max: 8,
            positive: { offset: 1, bucketCounts: [2, 3] },
            negative: { offset: -1, bucketCounts: [1] },
          },
          attributes,
          ...TIMES,
        }),
      ],
    },
  ],
};

function metric(name: string, dataPointType: number, point: object): object {
  const descriptor = { name, unit: 'u', description: 'd', valueType: name === 'depth' ? 0 : 1 };
  return { descriptor, aggregationTemporality: 1, dataPointType, dataPoints: [point] };
}

const EXPECTED_POINTS = [
  { metric: ['depth', 'u', 'd', METRIC_TYPES.gauge, false, 0], ...POINT, value: 12 },
  { metric: ['jobs', 'u', 'd', METRIC_TYPES.sum, true, 2], ...POINT, value: -1.5 },
  {
    metric: ['latency', 'u', 'd', METRIC_TYPES.histogram, false, 2],
    ...POINT,
    count: 6n,
    sum: 20,
    min: 0.5,
    max: 9,
    counts: [1, 2, 3],
    bounds: [1, 5],
  },
  {
    metric: ['size', 'u', 'd', METRIC_TYPES.exponential_histogram, false, 2],
    ...POINT,
    count: 10n,
    sum: 21,
    min: -2,
    max: 8,
    // (-1, -0.5] holds the negative one, then zero up to 2, then (2, 4] and (4, 8].
    counts: [0, 1, 4, 2, 3, 0],
    bounds: [-1, -0.5, 2, 4, 8],
  },
];

describe.each(['protobuf', 'json'] as const)('%s', (format) => {
  it('logs are read as they were written', async () => {
    const serializer = format === 'protobuf' ? ProtobufLogsSerializer : JsonLogsSerializer;
    // The serialisers read no more of a record than is here.
    const body = serializer.serializeRequest([record] as Logs) ?? new Uint8Array(0);
    const { logs } = await decode('logs', format, body);
    expect(logs).toEqual([
      {
        ids: ['ab'.repeat(16), 'cd'.repeat(8)],
        time: POINT.start,
        observed: POINT.time,
        severity: [17, 'ERROR'],
        event: 'crash',
        flags: 1,
        body: [['', 'text', '{"code":7,"list":["a",true]}']],
        attributes: [
          ['n', 'double', '1.5'],
          ['__proto__text', 'string', 'x'],
        ],
      },
    ]);
  });

  it('points of every type are read as they were written', async () => {
    const serializer = format === 'protobuf' ? ProtobufMetricsSerializer : JsonMetricsSerializer;
    // The serialisers read no more of a metric than is here.
    const body = serializer.serializeRequest(metrics as Metrics) ?? new Uint8Array(0);
    const { points } = await decode('metrics', format, body);
    expect(points).toEqual(EXPECTED_POINTS);
  });
});

it('a summary keeps its ends, a point without a value is passed over', async () => {
  const times = { timeUnixNano: '1700000000000000000' };
  const quantileValues = [
    { quantile: 0, value: 1 },
    { quantile: 0.5, value: 2 },
    { quantile: 1, value: 3 },
  ];
  const found = [
    { name: 's', summary: { dataPoints: [{ ...times, count: '4', sum: 8, quantileValues }] } },
    { name: 'gap', gauge: { dataPoints: [{ ...times, flags: 1 }] } },
  ];
  const body = Buffer.from(JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics: found }] }] }));
  const { points } = await decode('metrics', 'json', body);
  expect(points).toMatchObject([{ count: 4n, sum: 8, min: 1, max: 3 }]);
});
