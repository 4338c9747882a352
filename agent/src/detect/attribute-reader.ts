import type { Attributes, AttributeValue } from './types.ts';

/** Names of one fact, the current semantic convention first, then the ones it replaced. */
const NAMES = {
  databaseSystem: ['db.system.name', 'db.system'],
  databaseText: ['db.query.text', 'db.statement'],
  databaseSummary: ['db.query.summary'],
  databaseOperation: ['db.operation.name', 'db.operation'],
  databaseNamespace: ['db.namespace', 'db.name', 'db.redis.database_index'],
  collection: [
    'db.collection.name',
    'db.sql.table',
    'db.mongodb.collection',
    'db.cassandra.table',
    'aws.dynamodb.table_names',
    'db.elasticsearch.path_parts.index',
  ],
  batchSize: ['db.operation.batch.size'],
  returnedRows: ['db.response.returned_rows'],
  server: ['server.address', 'net.peer.name', 'net.peer.ip', 'network.peer.address', 'peer.service'],
  port: ['server.port', 'net.peer.port', 'network.peer.port'],
  httpMethod: ['http.request.method', 'http.method'],
  httpStatus: ['http.response.status_code', 'http.status_code'],
  httpRoute: ['http.route'],
  httpResends: ['http.request.resend_count', 'http.resend_count', 'http.retry_count'],
  url: ['url.full', 'http.url'],
  urlPath: ['url.path', 'http.target'],
  urlTemplate: ['url.template'],
  rpcSystem: ['rpc.system.name', 'rpc.system'],
  rpcService: ['rpc.service'],
  rpcMethod: ['rpc.method'],
  messagingSystem: ['messaging.system'],
  destination: ['messaging.destination.template', 'messaging.destination.name', 'messaging.destination'],
  messageCount: ['messaging.batch.message_count'],
  codeFile: ['code.file.path', 'code.filepath'],
  codeLine: ['code.line.number', 'code.lineno'],
  codeFunction: ['code.function.name', 'code.function'],
  codeNamespace: ['code.namespace'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type Fact = keyof typeof NAMES;

/** The value of a fact under its current name or an older one. */
export function attributeOf(attributes: Attributes, fact: Fact): AttributeValue | undefined {
  for (const name of NAMES[fact]) {
    const value = attributes[name];
    if (value !== undefined) return value;
  }
  return undefined;
}

/** The fact as text; '' when it is absent. Of a list, the first element. */
export function textOf(attributes: Attributes, fact: Fact): string {
  const value = attributeOf(attributes, fact);
  if (typeof value === 'string') return value;
  if (value === undefined) return '';
  return typeof value === 'object' ? String(value[0] ?? '') : String(value);
}

/** The fact as a number; undefined when it is absent or no number. OTLP/JSON writes integers as strings. */
export function numberOf(attributes: Attributes, fact: Fact): number | undefined {
  const value = attributeOf(attributes, fact);
  if (value === undefined || typeof value === 'object' || value === '') return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

export type DatabaseFamily = 'sql' | 'document' | 'keyvalue' | 'search';

const FAMILIES: ReadonlyMap<string, DatabaseFamily> = new Map([
  ['redis', 'keyvalue'],
  ['valkey', 'keyvalue'],
  ['memcached', 'keyvalue'],
  ['mongodb', 'document'],
  ['mongoose', 'document'],
  ['couchdb', 'document'],
  ['cosmosdb', 'document'],
  ['azure.cosmosdb', 'document'],
  ['dynamodb', 'document'],
  ['aws.dynamodb', 'document'],
  ['elasticsearch', 'search'],
  ['opensearch', 'search'],
]);

export function familyOf(system: string): DatabaseFamily {
  return FAMILIES.get(system) ?? 'sql';
}
