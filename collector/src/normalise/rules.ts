import {
  DB_DURATION_MS,
  DB_FINGERPRINT,
  DB_QUERY_COUNT,
  DB_STATEMENT_COUNT,
  FINDING_COUNT,
  PARAMETER_HASH,
} from '@nightjar/agent/attributes';

/** What an attribute is to us, whatever its sender called it. Each is a typed column or goes into one. */
export const ROLE = {
  none: 0,
  httpMethod: 1,
  httpRoute: 2,
  httpStatus: 3,
  urlPath: 4,
  urlFull: 5,
  peer: 6,
  dbSystem: 7,
  dbNamespace: 8,
  dbOperation: 9,
  dbCollection: 10,
  dbStatement: 11,
  dbSummary: 12,
  dbFingerprint: 13,
  parameterHash: 14,
  messagingSystem: 15,
  messagingDestination: 16,
  messagingOperation: 17,
  codeFile: 18,
  codeLine: 19,
  codeFunction: 20,
  errorType: 21,
  dbQueryCount: 22,
  dbStatementCount: 23,
  dbDurationMs: 24,
  findingCount: 25,
} as const;
export type Role = (typeof ROLE)[keyof typeof ROLE];
export const ROLE_COUNT = 26;

/**
 * What happens to the attribute itself. `move`: it is whole in its column and leaves the map. `keep`: it stays as well.
 * `url`: query values and credentials go. `parameter`: hashed, then dropped. `secret`: the value is blanked.
 */
export type Treatment = 'move' | 'keep' | 'url' | 'statement' | 'parameter' | 'drop' | 'secret';

/** A row of the table: old and new names side by side. Of several present, the one further up is believed. */
export interface NormaliseRule {
  readonly from: string;
  readonly role: Role;
  readonly treatment: Treatment;
}

function rules(role: Role, treatment: Treatment, ...names: readonly string[]): readonly NormaliseRule[] {
  return names.map((from) => ({ from, role, treatment }));
}

/** OpenTelemetry semantic conventions 1.42 and what came before them. */
export const RULES: readonly NormaliseRule[] = [
  ...rules(ROLE.httpMethod, 'move', 'http.request.method', 'http.method'),
  ...rules(ROLE.httpRoute, 'move', 'http.route'),
  ...rules(ROLE.httpStatus, 'move', 'http.response.status_code', 'http.status_code'),
  ...rules(ROLE.urlPath, 'url', 'url.path', 'http.target'),
  ...rules(ROLE.urlFull, 'url', 'url.full', 'http.url'),
  ...rules(ROLE.none, 'url', 'url.query', 'http.request.header.referer'),
  ...rules(ROLE.peer, 'keep', 'peer.service', 'server.address', 'net.peer.name', 'network.peer.address'),
  ...rules(ROLE.peer, 'keep', 'net.sock.peer.addr'),
  ...rules(ROLE.dbSystem, 'move', 'db.system.name', 'db.system'),
  ...rules(ROLE.dbNamespace, 'move', 'db.namespace', 'db.name', 'db.redis.database_index'),
  ...rules(ROLE.dbNamespace, 'move', 'db.mssql.instance_name'),
  ...rules(ROLE.dbOperation, 'move', 'db.operation.name', 'db.operation'),
  ...rules(ROLE.dbCollection, 'move', 'db.collection.name', 'db.sql.table', 'db.mongodb.collection'),
  ...rules(ROLE.dbCollection, 'move', 'db.cassandra.table', 'db.cosmosdb.container'),
  ...rules(ROLE.dbStatement, 'statement', 'db.query.text', 'db.statement'),
  ...rules(ROLE.dbSummary, 'move', 'db.query.summary'),
  ...rules(ROLE.dbFingerprint, 'move', DB_FINGERPRINT),
  ...rules(ROLE.parameterHash, 'move', PARAMETER_HASH),
  ...rules(ROLE.none, 'parameter', 'db.mysql.values', 'db.postgresql.values', 'db.statement.parameters'),
  ...rules(ROLE.none, 'drop', 'db.connection_string'),
  ...rules(ROLE.messagingSystem, 'move', 'messaging.system'),
  ...rules(ROLE.messagingDestination, 'move', 'messaging.destination.name', 'messaging.destination'),
  ...rules(ROLE.messagingDestination, 'keep', 'bullmq.queue.name', 'bullmq.queue'),
  ...rules(ROLE.messagingOperation, 'keep', 'messaging.operation.type', 'messaging.operation'),
  ...rules(ROLE.codeFile, 'move', 'code.file.path', 'code.filepath'),
  ...rules(ROLE.codeLine, 'move', 'code.line.number', 'code.lineno'),
  ...rules(ROLE.codeFunction, 'move', 'code.function.name', 'code.function'),
  ...rules(ROLE.errorType, 'move', 'error.type'),
  ...rules(ROLE.dbQueryCount, 'move', DB_QUERY_COUNT),
  ...rules(ROLE.dbStatementCount, 'move', DB_STATEMENT_COUNT),
  ...rules(ROLE.dbDurationMs, 'move', DB_DURATION_MS),
  ...rules(ROLE.findingCount, 'move', FINDING_COUNT),
  ...rules(ROLE.none, 'secret', 'http.request.header.authorization', 'http.request.header.cookie'),
  ...rules(ROLE.none, 'secret', 'http.request.header.proxy-authorization', 'http.request.header.x-api-key'),
  ...rules(ROLE.none, 'secret', 'http.response.header.set-cookie'),
];

/** Every attribute that starts so is a bound value: `db.query.parameter.<key>`. */
export const PARAMETER_PREFIX = 'db.query.parameter.';

/** Names of database systems before semantic conventions 1.33 that differ from today's. */
export const DB_SYSTEMS: ReadonlyMap<string, string> = new Map([
  ['mssql', 'microsoft.sql_server'],
  ['oracle', 'oracle.db'],
  ['dynamodb', 'aws.dynamodb'],
  ['redshift', 'aws.redshift'],
  ['spanner', 'gcp.spanner'],
  ['cosmosdb', 'azure.cosmosdb'],
  ['db2', 'ibm.db2'],
  ['hanadb', 'sap.hana'],
  ['h2', 'h2database'],
  ['firebird', 'firebirdsql'],
]);
