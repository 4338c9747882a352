/** Calls of one group whose ids are kept; the count goes on. */
export const MEMBERS_MAX = 5_000;
/** Groups of a request that are compared with each other as parts of one loop. */
export const LOOP_GROUPS_MAX = 64;

/** Fewer calls than this are `below_threshold`. */
export const CALLS_MIN = 5;
export const CALLS_MIN_CHEAP = 10;
export const CALLS_MIN_BATCH = 20;

/** A repeat with pauses of this length is waiting for something to change. */
export const POLLING_GAP_MS = 100;
/** Shorter pauses are waiting too when they are even and this many times as long as a call. */
export const POLLING_TIMER_GAP_MS = 25;
export const POLLING_GAP_TO_CALL = 5;
/** Distance of the quartiles over the middle pause. */
export const POLLING_UNEVENNESS_MAX = 0.25;
/** A repeat with pauses of this length belongs to a connection or worker, not to a request. */
export const SPREAD_GAP_MS = 1_000;
/** IN lists this long are chunks however many there are. */
export const CHUNK_ARITY_MIN = 2;
export const CHUNK_CALLS_MAX = 20;

/** Commands that start this close together went out without waiting for answers. */
export const PIPELINE_GAP_MS = 1;
export const PIPELINE_SHARE_MIN = 0.8;
export const PIPELINE_PARALLELISM_MIN = 2;
/** Summed over elapsed time: above this the calls of a group overlap. */
export const PARALLELISM_MIN = 1.5;

export const SLOW_STATEMENT_MS = 500;
export const SLOW_HIGH_MS = 1_000;
export const SLOW_CRITICAL_MS = 5_000;
/** What a mended slow statement is taken to need. */
export const SLOW_TARGET_MS = 100;
export const CHATTY_QUERIES_MIN = 31;
export const CHATTY_QUERIES_MIN_BATCH = 101;
export const CHATTY_STATEMENTS_MIN = 10;
export const DUPLICATES_MIN = 5;
export const DUPLICATE_SAVED_MS_MIN = 5;
export const UNBOUNDED_ROWS_MIN = 10_001;

/** Shorter statements are not worth running at once. */
export const CONSECUTIVE_CALL_MS_MIN = 10;
export const CONSECUTIVE_SAVED_MS_MIN = 50;
/** Least share of the request that running them at once, or not waiting for a connection, would save. */
export const SAVED_SHARE_MIN = 0.1;
export const POOL_WAIT_MS_MIN = 100;
/** Calls of other services inside a transaction, in all. */
export const TRANSACTION_HTTP_MS_MIN = 20;
export const TRANSACTION_HTTP_MEDIUM_MS = 100;
export const TRANSACTION_HTTP_HIGH_MS = 1_000;
