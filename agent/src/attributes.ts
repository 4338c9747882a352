/**
 * Names of the attributes and events that the agent writes and the collector reads.
 * Everything else on a span follows the OpenTelemetry semantic conventions by their own names.
 */

/** On an entry span: SQL and other database calls made on behalf of this request in this process. Integer. */
export const DB_QUERY_COUNT = 'nightjar.db.query_count';
/** On an entry span: summed duration of those calls, milliseconds, float. Parallel calls add up. */
export const DB_DURATION_MS = 'nightjar.db.duration_ms';
/** On an entry span: distinct statements (fingerprints) among those calls. Integer. */
export const DB_STATEMENT_COUNT = 'nightjar.db.statement_count';
/** On an entry span: findings of any kind in this request. Integer, absent when zero. */
export const FINDING_COUNT = 'nightjar.finding.count';

/** Name of the event, one a finding, on the entry span. */
export const FINDING_EVENT = 'nightjar.finding';
/** On a finding event: the whole finding as JSON (`Finding` of `@nightjar/agent/detect`). */
export const FINDING_JSON = 'nightjar.finding.json';

/** On a database span: fingerprint of its statement, 16 hex digits. */
export const DB_FINGERPRINT = 'nightjar.db.fingerprint';
/** On a span: hash of the bound values or literals, salted a process, so that repeats can be told apart. Hex. */
export const PARAMETER_HASH = 'nightjar.db.parameter_hash';
/** On a database span: items of the longest list bound as one value (`= ANY($1)`). Integer, absent when there is none. */
export const LIST_SIZE = 'nightjar.db.list_size';

/** Queue gauges reported by `observeQueue`. Attribute of each: `messaging.destination.name`. */
export const QUEUE_DEPTH_METRIC = 'nightjar.queue.depth';
export const QUEUE_OLDEST_AGE_METRIC = 'nightjar.queue.oldest_age';
export const QUEUE_IN_FLIGHT_METRIC = 'nightjar.queue.in_flight';
export const QUEUE_FAILED_METRIC = 'nightjar.queue.failed';
