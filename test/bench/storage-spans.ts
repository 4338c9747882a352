/**
 * SQL that makes spans as an Express and Postgres shop of twelve services would send them: ten a trace, zipf over services,
 * routes, users and statements. The same numbers give the same spans.
 */

export const spansPerTrace = 10;
export const hours = 2;

/** Uniform in [0, 1), by a seed of SQL. */
function random(seed: string): string {
  return `(toFloat64(sipHash64(${seed})) / 18446744073709551616.)`;
}

/** 0 … n-1, the first far more often than the last. */
function zipf(n: number, seed: string): string {
  return `toUInt32(floor(${n} * pow(${random(seed)}, 3)))`;
}

const serviceNames = [
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
  'price',
  'admin',
];
const services = `[${serviceNames.map((name) => `'${name}'`).join(', ')}]`;
const tables =
  "['books', 'authors', 'orders', 'order_items', 'users', 'stock', 'prices', 'reviews', 'carts', 'sessions']";

/** One row a span, numbered; columns as in `spans`. Times end now. */
export function spansSelect(count: number): string {
  return `WITH
  intDiv(number, ${spansPerTrace}) AS t,
  number % ${spansPerTrace} AS k,
  ${zipf(12, "t, 'service'")} AS caller,
  (caller + 1 + ${zipf(11, "t, 'callee'")}) % 12 AS callee,
  if(k < 8, caller, callee) AS owner,
  ${zipf(40, "t, 'route'")} AS route,
  ${zipf(300, "t, k, 'statement'")} AS statement,
  ${zipf(20_000, "t, 'user'")} AS user,
  toUInt64(1000000 * (2 + 200 * pow(${random("t, 'duration'")}, 6))) AS request_ns,
  k IN (2, 3, 4, 5, 6, 9) AS is_db,
  k IN (0, 8) AS is_server,
  k = 7 AS is_client,
  ${random("t, k, 'error'")} < 0.01 AS is_error,
  concat('/api/', arrayElement(${tables}, 1 + route % 10), '/v', toString(intDiv(route, 10)), '/:id') AS route_text,
  arrayElement(${tables}, 1 + statement % 10) AS table_name,
  toUInt64(toUnixTimestamp64Nano(now64(9))) - toUInt64(${hours * 3600}e9) AS begin_ns
SELECT
  number,
  unhex(hex(sipHash128(t, 'trace'))) AS trace_id,
  unhex(hex(sipHash64(number, 'span'))) AS span_id,
  if(k = 0, '', unhex(hex(sipHash64(number - multiIf(k = 1, 1, k IN (8, 9), 1, k - 1), 'span')))) AS parent_span_id,
  arrayElement(${services}, owner + 1) AS service,
  'production' AS environment,
  if(t > ${count / spansPerTrace / 2}, 'v1.8.2', 'v1.8.1') AS release,
  'nodejs' AS language,
  sipHash64(owner, sipHash64(t) % 4, release) AS resource_id,
  multiIf(is_db, '@opentelemetry/instrumentation-pg', k = 1, '@opentelemetry/instrumentation-express', '@opentelemetry/instrumentation-http') AS scope_name,
  '0.223.0' AS scope_version,
  multiIf(is_server, concat('GET ', route_text), is_client, 'GET', is_db, concat('pg.query:SELECT ', table_name), concat('request handler - ', route_text)) AS name,
  toUInt8(multiIf(is_server, 2, is_client OR is_db, 3, 1)) AS kind,
  is_server AS is_entry,
  if(is_server, concat('GET ', route_text), '') AS operation,
  fromUnixTimestamp64Nano(toInt64(begin_ns + toUInt64(t * (${hours * 3600}e9 / ${count / spansPerTrace})) + k * intDiv(request_ns, 12) + sipHash64(number) % 50000), 'UTC') AS start_time,
  multiIf(k = 0, request_ns, k = 1, intDiv(request_ns * 9, 10), is_db, intDiv(request_ns, 14) + sipHash64(number, 'd') % 400000, intDiv(request_ns, 4)) AS duration_ns,
  toUInt8(if(is_error, 2, 0)) AS status,
  if(is_error, 'connection terminated unexpectedly', '') AS status_message,
  if(is_error, 'Error', '') AS error_type,
  if(is_server OR is_client, 'GET', '') AS http_method,
  if(is_server, route_text, '') AS http_route,
  toUInt16(if(is_server OR is_client, if(is_error, 500, 200), 0)) AS http_status,
  multiIf(is_db, 'db-1.internal', is_client, concat(arrayElement(${services}, callee + 1), '.internal'), '') AS peer,
  if(is_db, 'postgresql', '') AS db_system,
  if(is_db, concat(arrayElement(${services}, owner + 1), '_production'), '') AS db_namespace,
  if(is_db, 'SELECT', '') AS db_operation,
  if(is_db, table_name, '') AS db_collection,
  if(is_db, concat('SELECT "id", "name", "created_at", "column_', toString(statement), '" FROM "', table_name, '" WHERE "', table_name, '"."id" = $1 AND "tenant_id" = $2 ORDER BY "created_at" DESC LIMIT $3'), '') AS db_statement,
  if(is_db, concat('SELECT ', table_name), '') AS db_summary,
  if(is_db, sipHash64(statement), 0) AS db_fingerprint,
  if(is_db, sipHash64(number, 'parameters'), 0) AS parameter_hash,
  mapFromArrays(
    multiIf(is_server, ['url.path', 'url.scheme', 'user_agent.original', 'client.address', 'network.protocol.version', 'server.address', 'app.user.id', 'app.tenant'],
      is_client, ['url.full', 'server.address', 'network.peer.address'],
      is_db, ['server.address', 'db.client.connection.pool.name'],
      ['express.type', 'express.name']),
    multiIf(is_server, [concat('/api/x/v1/', toString(sipHash64(t) % 90000)), 'https', concat('Mozilla/5.0 (X11; Linux x86_64) Chrome/', toString(100 + ${zipf(40, "t, 'agent'")}), '.0'), concat('10.0.', toString(user % 250), '.', toString(user % 199)), '1.1', 'shop.example.com', concat('u-', toString(user)), concat('tenant-', toString(user % 60))],
      is_client, [concat('http://', arrayElement(${services}, callee + 1), '.internal/api/x/v1/', toString(sipHash64(t) % 90000)), concat(arrayElement(${services}, callee + 1), '.internal'), '10.1.0.7'],
      is_db, ['db-1.internal', 'main'],
      ['request_handler', route_text])) AS attributes_string,
  mapFromArrays(
    multiIf(is_server, ['server.port', 'app.cart.total'], is_client OR is_db, ['server.port'], []),
    multiIf(is_server, [443., round(${random("t, 'cart'")} * 300, 2)], is_db, [5432.], is_client, [8080.], [])) AS attributes_number,
  toDateTime(toInt64(toUnixTimestamp(start_time)) + 3, 'UTC') AS ingested_at
FROM numbers(${count})`;
}

/** Attributes that ingest moves into columns, back in one map: what the usual table stores. */
export const allAttributes = `mapUpdate(
  mapUpdate(
    mapFilter((key, value) -> value != '' AND value != '0', map(
      'http.request.method', toString(http_method), 'http.route', toString(http_route), 'http.response.status_code', toString(http_status),
      'db.system.name', toString(db_system), 'db.namespace', toString(db_namespace), 'db.operation.name', toString(db_operation),
      'db.collection.name', toString(db_collection), 'db.query.text', db_statement, 'db.query.summary', toString(db_summary), 'error.type', toString(error_type))),
    mapApply((key, value) -> (key, toString(value)), attributes_number)),
  attributes_string)`;

/** Twelve attributes of a resource, as an SDK sends them with every batch. */
export const resourceAttributes = `map(
  'service.name', toString(service), 'service.version', toString(release), 'deployment.environment.name', toString(environment),
  'service.instance.id', toString(resource_id), 'host.name', concat('node-', toString(resource_id % 48)), 'host.arch', 'amd64',
  'process.pid', toString(resource_id % 30000), 'process.runtime.name', 'nodejs', 'process.runtime.version', '24.3.0',
  'telemetry.sdk.name', 'opentelemetry', 'telemetry.sdk.language', 'nodejs', 'telemetry.sdk.version', '2.12.0')`;
