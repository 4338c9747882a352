import { attribute, bytesField, fixed64Field, messageField, textField, varintField } from './otlp-message.ts';

/**
 * Batches as an OpenTelemetry SDK of a shop's services sends them: about 440 bytes and ten attributes a span, ten spans a
 * trace, six of them database calls. By seed: the same seed gives the same bytes.
 */

export const spansPerTrace = 10;
const services = [
  'web',
  'api',
  'catalogue',
  'cart',
  'checkout',
  'payment',
  'search',
  'users',
  'mail',
  'stock',
];
const tables = ['books', 'authors', 'orders', 'order_items', 'users', 'stock', 'prices', 'reviews', 'carts'];

export interface Template {
  readonly bytes: Buffer;
  readonly spans: number;
  /** Where each 8-byte half of an id stands: ids are made anew by one xor, so that parents stay parents. */
  readonly traceIdOffsets: Uint32Array;
  readonly spanIdOffsets: Uint32Array;
  /** Where each time stands: 8 bytes, nanoseconds after the start of the batch. */
  readonly timeOffsets: Uint32Array;
}

/** Uniform in [0, 1): mulberry32. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function makeTemplate(seed: number, spans: number): Template {
  const random = randomOf(seed);
  const service = pick(services, random);
  const requests: Uint8Array[] = [];
  for (let made = 0; made < spans; made += spansPerTrace) requests.push(...traceOf(random, service));
  const scope = messageField(1, [
    textField(1, '@opentelemetry/instrumentation-http'),
    textField(2, '0.223.0'),
  ]);
  const bytes = Buffer.from(
    messageField(1, [resourceOf(service, random), messageField(2, [scope, ...requests])]),
  );
  return { bytes, spans: requests.length, ...placesOf(bytes) };
}

function resourceOf(service: string, random: () => number): Uint8Array {
  const instance = Math.floor(random() * 4);
  return messageField(1, [
    attribute(1, 'service.name', service),
    attribute(1, 'service.version', 'v1.8.2'),
    attribute(1, 'deployment.environment.name', 'production'),
    attribute(1, 'service.instance.id', `${service}-${instance}`),
    attribute(1, 'host.name', `node-${instance}`),
    attribute(1, 'process.pid', 1_000 + instance),
    attribute(1, 'telemetry.sdk.name', 'opentelemetry'),
    attribute(1, 'telemetry.sdk.language', 'nodejs'),
    attribute(1, 'telemetry.sdk.version', '2.12.0'),
  ]);
}

interface SpanShape {
  readonly traceId: Buffer;
  readonly id: Buffer;
  readonly parentId?: Buffer;
  readonly name: string;
  readonly kind: number;
  readonly startNs: number;
  readonly durationNs: number;
  readonly attributes: readonly (readonly [string, string | number])[];
  readonly isError: boolean;
}

function traceOf(random: () => number, service: string): Uint8Array[] {
  const traceId = idOf(random, 16);
  const ids = Array.from({ length: spansPerTrace }, () => idOf(random, 8));
  const [rootId = idOf(random, 8), handlerId = rootId, ...callIds] = ids;
  const route = `/api/${pick(tables, random)}/v${Math.floor(4 * random() ** 2)}/:id`;
  const startNs = Math.floor(random() * 2e9);
  const requestNs = Math.floor(1e6 * (2 + 200 * random() ** 6));
  const isError = random() < 0.01;
  const common = { traceId, isError: false };
  const spans: SpanShape[] = [
    {
      ...common,
      id: rootId,
      name: `GET ${route}`,
      kind: 2,
      startNs,
      durationNs: requestNs,
      isError,
      attributes: serverAttributes(random, route, isError),
    },
    {
      ...common,
      id: handlerId,
      parentId: rootId,
      name: `request handler - ${route}`,
      kind: 1,
      startNs: startNs + 20_000,
      durationNs: Math.floor(requestNs * 0.9),
      attributes: [
        ['express.type', 'request_handler'],
        ['express.name', route],
        ['http.route', route],
      ],
    },
    ...callIds.map((id, index) => ({
      ...common,
      id,
      parentId: handlerId,
      kind: 3,
      startNs: startNs + 40_000 + Math.floor((requestNs * index) / 12),
      durationNs: Math.floor(requestNs / 14 + random() * 400_000),
      ...(index < 6 ? databaseCall(random, service) : httpCall(random)),
    })),
  ];
  return spans.map(encodeSpan);
}

function serverAttributes(random: () => number, route: string, isError: boolean): SpanShape['attributes'] {
  const user = Math.floor(random() ** 3 * 20_000);
  return [
    ['http.request.method', 'GET'],
    ['http.route', route],
    ['http.response.status_code', isError ? 500 : 200],
    ['url.path', route.replace(':id', String(Math.floor(random() * 90_000)))],
    ['url.scheme', 'https'],
    ['server.address', 'shop.example.com'],
    ['server.port', 443],
    ['client.address', `10.0.${user % 250}.${user % 199}`],
    [
      'user_agent.original',
      `Mozilla/5.0 (X11; Linux x86_64) Chrome/${100 + Math.floor(random() ** 3 * 40)}.0`,
    ],
    ['network.protocol.version', '1.1'],
    ['app.user.id', `u-${user}`],
    ['app.tenant', `tenant-${user % 60}`],
  ];
}

function databaseCall(random: () => number, service: string): Pick<SpanShape, 'name' | 'attributes'> {
  const statement = Math.floor(300 * random() ** 3);
  const table = tables[statement % tables.length] ?? 'books';
  return {
    name: `pg.query:SELECT ${table}`,
    attributes: [
      ['db.system.name', 'postgresql'],
      ['db.namespace', `${service}_production`],
      ['db.operation.name', 'SELECT'],
      ['db.collection.name', table],
      [
        'db.query.text',
        `SELECT "id", "name", "created_at", "column_${statement}" FROM "${table}" WHERE "${table}"."id" = $1 AND "tenant_id" = $2 ORDER BY "created_at" DESC LIMIT $3`,
      ],
      ['server.address', 'db-1.internal'],
      ['server.port', 5432],
      ['network.peer.address', '10.1.0.12'],
      ['db.client.connection.pool.name', 'main'],
      ['db.response.returned_rows', Math.floor(random() * 50)],
    ],
  };
}

function httpCall(random: () => number): Pick<SpanShape, 'name' | 'attributes'> {
  const peer = `${pick(services, random)}.internal`;
  const path = `/api/x/v1/${Math.floor(random() * 90_000)}`;
  return {
    name: 'GET',
    attributes: [
      ['http.request.method', 'GET'],
      ['url.full', `http://${peer}:8080${path}`],
      ['url.path', path],
      ['url.scheme', 'http'],
      ['server.address', peer],
      ['server.port', 8080],
      ['http.response.status_code', 200],
      ['network.peer.address', '10.1.0.7'],
      ['network.protocol.version', '1.1'],
      ['user_agent.original', 'undici'],
    ],
  };
}

function encodeSpan(span: SpanShape): Uint8Array {
  return messageField(2, [
    bytesField(1, span.traceId),
    bytesField(2, span.id),
    ...(span.parentId === undefined ? [] : [bytesField(4, span.parentId)]),
    textField(5, span.name),
    varintField(6, span.kind),
    fixed64Field(7, BigInt(span.startNs)),
    fixed64Field(8, BigInt(span.startNs + span.durationNs)),
    ...span.attributes.map(([key, value]) => attribute(9, key, value)),
    messageField(15, span.isError ? [textField(2, 'connection terminated'), varintField(3, 2)] : []),
  ]);
}

function idOf(random: () => number, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)));
}

function pick<Item>(items: readonly Item[], random: () => number): Item {
  const item = items[Math.floor(random() ** 2 * items.length)];
  if (item === undefined) throw new Error('nothing to pick from');
  return item;
}

interface Field {
  readonly field: number;
  readonly wireType: number;
  readonly from: number;
  readonly to: number;
}

function placesOf(bytes: Buffer): Pick<Template, 'traceIdOffsets' | 'spanIdOffsets' | 'timeOffsets'> {
  const traceIds: number[] = [];
  const spanIds: number[] = [];
  const times: number[] = [];
  for (const resourceSpans of fieldsOf(bytes, 0, bytes.length))
    for (const scopeSpans of fieldsOf(bytes, resourceSpans.from, resourceSpans.to)) {
      if (scopeSpans.field !== 2) continue;
      for (const span of fieldsOf(bytes, scopeSpans.from, scopeSpans.to)) {
        if (span.field !== 2) continue;
        for (const { field, from } of fieldsOf(bytes, span.from, span.to)) {
          if (field === 1) traceIds.push(from);
          if (field === 2 || field === 4) spanIds.push(from);
          if (field === 7 || field === 8) times.push(from);
        }
      }
    }
  return {
    traceIdOffsets: Uint32Array.from(traceIds),
    spanIdOffsets: Uint32Array.from(spanIds),
    timeOffsets: Uint32Array.from(times),
  };
}

function* fieldsOf(bytes: Buffer, start: number, end: number): Generator<Field> {
  let at = start;
  const readVarint = () => {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
  };
  while (at < end) {
    const key = readVarint();
    const wireType = key & 7;
    const length = wireType === 2 ? readVarint() : wireType === 1 ? 8 : 0;
    const from = at;
    if (wireType === 0) readVarint();
    else at += length;
    yield { field: key >>> 3, wireType, from, to: at };
  }
}
