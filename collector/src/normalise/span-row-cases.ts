// What a span is sent as, and what its row says.

type Value = string | number | boolean | readonly string[];
export type Row = Readonly<Record<string, unknown>>;
interface Given {
  readonly name?: string;
  readonly kind?: number;
  readonly attributes?: Readonly<Record<string, Value>>;
  readonly more?: object;
}

export const NOW_MS = Date.UTC(2026, 5, 1);
const NOW_NS = `${NOW_MS}000000`;
export const INTERNAL = 1;
const [, SERVER, CLIENT, PRODUCER, CONSUMER] = [1, 2, 3, 4, 5] as const;
const SQL = "SELECT * FROM books WHERE title = 'secret' AND id = 42";
const MASKED = 'SELECT * FROM books WHERE title = ? AND id = ?';

function valueOf(value: Value): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number')
    return Number.isInteger(value) ? { intValue: value } : { doubleValue: value };
  return { arrayValue: { values: value.map((stringValue) => ({ stringValue })) } };
}

export function attributesOf(given: Readonly<Record<string, Value>>): object[] {
  return Object.entries(given).map(([key, value]) => ({ key, value: valueOf(value) }));
}

const db = (attributes: Readonly<Record<string, Value>>): Given => ({ kind: CLIENT, attributes });
const server = (name: string, attributes: Readonly<Record<string, Value>>): Given => ({
  name,
  kind: SERVER,
  attributes,
});

export const CASES: Readonly<Record<string, readonly [Given, Row]>> = {
  'old database names': [
    db({ 'db.system': 'mssql', 'db.name': 'app', 'db.operation': 'SELECT', 'db.sql.table': 'books' }),
    {
      db_system: 'microsoft.sql_server',
      db_namespace: 'app',
      db_operation: 'SELECT',
      db_collection: 'books',
      attributes_string: {},
    },
  ],
  'new database names': [
    db({
      'db.system.name': 'mysql',
      'db.namespace': 'app',
      'db.query.summary': 'SELECT b',
      'db.query.text': SQL,
    }),
    {
      db_system: 'mysql',
      db_namespace: 'app',
      db_summary: 'SELECT b',
      db_statement: MASKED,
      attributes_string: {},
    },
  ],
  'both: the new one is believed, a differing old one is kept': [
    db({ 'db.name': 'old', 'db.namespace': 'new', 'db.system': 'redis', 'db.system.name': 'redis' }),
    { db_namespace: 'new', db_system: 'redis', attributes_string: { 'db.name': 'old' } },
  ],
  'a number where a name is wanted': [
    db({ 'db.system': 'redis', 'db.redis.database_index': 3 }),
    { db_namespace: '3' },
  ],
  'a statement in both spellings': [
    db({ 'db.system': 'postgresql', 'db.statement': SQL, 'db.query.text': SQL }),
    {
      db_statement: MASKED,
      db_operation: 'SELECT',
      db_collection: 'books',
      db_summary: 'SELECT books',
      attributes_string: {},
    },
  ],
  'a statement that does not end': [
    db({ 'db.system': 'postgresql', 'db.statement': "SELECT 1 WHERE a = 'sec" }),
    { db_statement: 'SELECT ? WHERE a = ...' },
  ],
  'a span named by its statement': [
    { name: SQL, ...db({ 'db.system': 'sqlite', 'db.statement': SQL }) },
    { name: 'SELECT books' },
  ],
  'a Redis command': [
    db({ 'db.system': 'redis', 'db.statement': 'set user:42:name Alice Smith' }),
    { db_statement: 'SET user:?:name ?', db_operation: 'SET', db_summary: 'SET' },
  ],
  'a Mongo filter': [
    db({
      'db.system': 'mongodb',
      'db.operation': 'find',
      'db.mongodb.collection': 'books',
      'db.statement': '{"title":"secret","n":{"$in":[1,2,3]}}',
    }),
    { db_statement: '{"title":?,"n":{"$in":[?]}}', db_collection: 'books', db_summary: 'find books' },
  ],
  'values beside the statement': [
    db({
      'db.system': 'postgresql',
      'db.query.text': 'SELECT $1',
      'db.query.parameter.0': 'secret',
      'db.postgresql.values': ['x'],
    }),
    { attributes_string: {} },
  ],
  'a connection string': [
    db({ 'db.system': 'postgresql', 'db.connection_string': 'postgres://u:p@h/d' }),
    { attributes_string: {} },
  ],
  'what the agent counted': [
    server('GET', {
      'nightjar.db.query_count': 7,
      'nightjar.db.statement_count': 2,
      'nightjar.db.duration_ms': 1.5,
      'nightjar.finding.count': 1,
    }),
    {
      db_query_count: 7,
      db_statement_count: 2,
      db_duration_ns: 1_500_000,
      finding_count: 1,
      attributes_number: {},
    },
  ],
  'nothing counted': [server('GET', {}), { db_query_count: -1, db_statement_count: -1, weight: 1 }],
  'what the agent hashed': [
    db({
      'db.system': 'postgresql',
      'nightjar.db.fingerprint': '00000000000000ff',
      'nightjar.db.parameter_hash': 'a',
    }),
    { db_fingerprint: 255, parameter_hash: 10, attributes_string: {} },
  ],
  'waiting for a connection': [
    { name: 'pg-pool.connect', ...db({ 'db.system': 'postgresql', 'db.name': 'a' }) },
    { db_fingerprint: 0 },
  ],
  'old HTTP names': [
    server('GET', {
      'http.method': 'GET',
      'http.route': '/b/:id',
      'http.status_code': 200,
      'http.target': '/b/1?token=x&y',
    }),
    {
      http_method: 'GET',
      http_route: '/b/:id',
      http_status: 200,
      operation: 'GET /b/:id',
      attributes_string: { 'http.target': '/b/1?token=?&y' },
    },
  ],
  'a status as text': [
    server('GET', { 'http.status_code': '404' }),
    { http_status: 404, attributes_string: {} },
  ],
  'a status that is none': [
    server('GET', { 'http.status_code': 'fine' }),
    { http_status: 0, attributes_string: { 'http.status_code': 'fine' } },
  ],
  'a URL with a password': [
    { kind: CLIENT, attributes: { 'url.full': 'https://u:p@api.test:8443/x?k=v#f' } },
    { peer: 'api.test', attributes_string: { 'url.full': 'https://api.test:8443/x?k=?#f' } },
  ],
  'a peer': [
    { kind: CLIENT, attributes: { 'net.peer.name': 'old', 'server.address': 'new' } },
    { peer: 'new', attributes_string: { 'net.peer.name': 'old', 'server.address': 'new' } },
  ],
  'a server has no peer': [server('GET', { 'server.address': 'me' }), { peer: '' }],
  'headers that identify': [
    server('GET', { 'http.request.header.authorization': ['Bearer x'], 'http.request.header.cookie': 'c' }),
    {
      attributes_string: {
        'http.request.header.authorization': '[redacted]',
        'http.request.header.cookie': '[redacted]',
      },
    },
  ],
  'a path for a name': [
    server('GET /users/42/x', { 'http.method': 'GET' }),
    { operation: 'GET /users/{id}/x', name: 'GET /users/42/x' },
  ],
  'a path beside a bare name': [
    server('GET', { 'http.method': 'GET', 'url.path': '/u/7' }),
    { operation: 'GET /u/{id}' },
  ],
  neither: [server('GET', { 'http.method': 'GET' }), { operation: 'GET' }],
  'a consumer': [
    {
      name: 'x',
      kind: CONSUMER,
      attributes: {
        'messaging.system': 'rabbitmq',
        'messaging.destination': 'mail',
        'messaging.operation': 'receive',
      },
    },
    {
      operation: 'receive mail',
      messaging_system: 'rabbitmq',
      messaging_destination: 'mail',
      is_entry: true,
    },
  ],
  'a BullMQ job': [
    { name: 'process mail', kind: CONSUMER, attributes: { 'bullmq.queue.name': 'mail' } },
    {
      operation: 'process mail',
      messaging_destination: 'mail',
      attributes_string: { 'bullmq.queue.name': 'mail' },
    },
  ],
  'a line of code': [
    { kind: INTERNAL, attributes: { 'code.filepath': '/a.ts', 'code.lineno': 12, 'code.function': 'f' } },
    { code_file: '/a.ts', code_line: 12, code_function: 'f', attributes_string: {}, attributes_number: {} },
  ],
  'values of every kind': [
    { attributes: { s: 'é', i: -3, d: 1.5, b: true, a: ['x', 'y'], __proto__x: 'p', constructor: 'c' } },
    {
      attributes_string: { s: 'é', a: '["x","y"]', __proto__x: 'p', constructor: 'c' },
      attributes_number: { i: -3, d: 1.5 },
      attributes_bool: { b: true },
    },
  ],
  'a child': [
    { kind: INTERNAL, more: { parentSpanId: 'ab'.repeat(8) } },
    { is_entry: false, operation: '' },
  ],
  'a parent of zeros': [{ kind: INTERNAL, more: { parentSpanId: '00'.repeat(8) } }, { is_entry: true }],
  'a call that no request made': [{ kind: CLIENT, more: { parentSpanId: '' } }, { is_entry: false }],
  'a child of another process': [
    { kind: PRODUCER, more: { parentSpanId: 'ab'.repeat(8), flags: 0x301 } },
    { is_entry: true },
  ],
  'a kind nobody knows': [{ kind: 9 }, { kind: 0 }],
  'a sampled span': [{ more: { traceState: 'a=b,ot=th:c' } }, { weight: 4, trace_state: 'a=b,ot=th:c' }],
  'an error by its event': [
    {
      more: {
        status: { code: 2 },
        events: [{ name: 'exception', attributes: attributesOf({ 'exception.type': 'TypeError' }) }],
      },
    },
    {
      error_type: 'TypeError',
      status: 2,
      event_name: ['exception'],
      event_attributes: ['{"exception.type":"TypeError"}'],
    },
  ],
  'a statement in an event': [
    { more: { events: [{ attributes: attributesOf({ 'db.statement': SQL, n: 1, b: false }) }] } },
    { event_attributes: [`{"db.statement":"${MASKED}","n":1,"b":false}`] },
  ],
  'an end before the start': [
    { more: { startTimeUnixNano: NOW_NS, endTimeUnixNano: `${NOW_MS - 5}000000` } },
    { duration_ns: 0, attributes_bool: { 'nightjar.time_clamped': true } },
  ],
  'a start of zero': [
    { more: { startTimeUnixNano: '0' } },
    { start_time: '2026-06-01 00:00:00.000000000', attributes_bool: { 'nightjar.time_clamped': true } },
  ],
  'a start in 2262': [
    { more: { startTimeUnixNano: '9223372036854775807' } },
    { start_time: '2026-06-01 00:00:00.000000000', duration_ns: 0 },
  ],
  'a duration beyond 32 bits': [
    { more: { startTimeUnixNano: `${NOW_MS - 9000}000000`, endTimeUnixNano: NOW_NS } },
    { duration_ns: 9_000_000_000, attributes_bool: {} },
  ],
  'a value that is too long': [
    { attributes: { long: 'é'.repeat(20_000) } },
    { attributes_string: { long: 'é'.repeat(8192) }, attributes_bool: { 'nightjar.truncated': true } },
  ],
};
