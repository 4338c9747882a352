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

/** On a database span: how long it waited for a connection of a pool that had none to spare, milliseconds. Absent when short. */
export const DB_POOL_WAIT_MS = 'nightjar.db.pool_wait_ms';

/** On the span of a job: how long it waited to be taken since it was due, milliseconds. Absent when unknown. */
export const QUEUE_WAIT_MS = 'nightjar.queue.wait_ms';
/** Histogram of the same. */
export const QUEUE_WAIT_METRIC = 'nightjar.queue.wait';
/** Queue gauges. Attributes of each: `messaging.destination.name`, and `messaging.system` of queues found by themselves. */
export const QUEUE_DEPTH_METRIC = 'nightjar.queue.depth';
export const QUEUE_OLDEST_AGE_METRIC = 'nightjar.queue.oldest_age';
export const QUEUE_IN_FLIGHT_METRIC = 'nightjar.queue.in_flight';
export const QUEUE_FAILED_METRIC = 'nightjar.queue.failed';

/** Name of the log event in which a process tells which libraries are hooked: at its start, on changes, and once an hour. */
export const DOCTOR_EVENT = 'nightjar.doctor';
/** On a doctor event: file the process was started with. */
export const DOCTOR_MAIN_FILE = 'nightjar.doctor.main_file';
/** On a doctor event: followed by a library's name; JSON of `status`, `version`, `why` and `fix`. */
export const DOCTOR_LIBRARY_PREFIX = 'nightjar.doctor.library.';
