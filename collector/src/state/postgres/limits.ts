/** Connections of one collector. */
export const connectionsMax = 10;
export const connectTimeoutMs = 5_000;
/** The server stops a statement after this. */
export const statementTimeoutMs = 10_000;
/** Longer than the server's own limit: passed only when the network has lost the answer. */
export const answerTimeoutMs = 15_000;
export const lockTimeoutMs = 5_000;
/** A collector that hangs in the middle of a transaction keeps the others waiting so long at most. */
export const idleInTransactionMs = 10_000;
export const idleConnectionMs = 30_000;
/** Tries of what certainly had no effect: no connection, a deadlock that was broken. */
export const attemptsMax = 3;
export const retryPauseMs = 50;
/** A failure that comes sooner is that of a connection which had died unnoticed, not of a server that is slow. */
export const quickFailureMs = 1_000;
/** A database that starts along with the collector may take so long. */
export const startWaitMs = 20_000;
export const startPauseMs = 500;
export const migrationTimeoutMs = 120_000;
/** Rows that one statement writes. */
export const bulkRowsMax = 2_000;
