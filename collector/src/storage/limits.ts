/** Figures that bound what one statement may cost. */
export const limits = {
  queryTimeoutMs: 10_000,
  /** Above this the session itself stops any statement, whatever the statement says. */
  queryTimeoutMaxMs: 60_000,
  /** After its own limit the engine gets this long to say so; then the caller is told without it. */
  graceMs: 2_000,
  memoryPerQueryBytes: 1_500_000_000,
  resultRowsMax: 200_000,
  /** Longest statement: a batch of derived rows travels inside one. */
  statementBytesMax: 64 * 1024 * 1024,
  readSessions: 4,
  writeSessions: 2,
  waitersMax: 200,
  waitMs: 15_000,
  /** A caller of the write lane has its own queue and its own retry. */
  writeWaitMs: 120_000,
} as const;

/** For sessions that read. `readonly = 2` lets a statement lower its own limits and write nothing. */
export const readSettings: Readonly<Record<string, number | string>> = {
  session_timezone: 'UTC',
  max_execution_time: limits.queryTimeoutMaxMs / 1000,
  timeout_overflow_mode: 'throw',
  max_memory_usage: limits.memoryPerQueryBytes,
  max_result_rows: limits.resultRowsMax,
  result_overflow_mode: 'throw',
  max_query_size: 1_048_576,
  output_format_json_quote_64bit_integers: 0,
  // Rows that replace each other share their time, so their partition: FINAL need not look across.
  do_not_merge_across_partitions_select_final: 1,
  readonly: 2,
};

export const writeSettings: Readonly<Record<string, number | string>> = {
  session_timezone: 'UTC',
  max_memory_usage: 2 * limits.memoryPerQueryBytes,
  max_query_size: limits.statementBytesMax,
};
