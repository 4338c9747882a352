-- Database calls of each request: one row an entry span, whoever counted them.
-- The agent counts in its process (view below); for any other SDK the sweep counts over the stored trace, and counts again
-- when late spans arrive, with a higher version. Always read with FINAL.
-- Read by: queries a request (services, operations, rules).
CREATE TABLE IF NOT EXISTS request_queries
(
    service LowCardinality(String) CODEC(ZSTD(1)),
    minute DateTime('UTC') CODEC(Delta(4), ZSTD(1)),
    start_time DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    trace_id FixedString(16) CODEC(ZSTD(1)),
    span_id FixedString(8) CODEC(ZSTD(1)),
    operation LowCardinality(String) CODEC(ZSTD(1)),
    environment LowCardinality(String) CODEC(ZSTD(1)),
    release LowCardinality(String) CODEC(ZSTD(1)),
    query_count UInt32 CODEC(ZSTD(1)),
    statement_count UInt32 CODEC(ZSTD(1)),
    db_duration_ns UInt64 CODEC(ZSTD(1)),
    duration_ns UInt64 CODEC(ZSTD(1)),
    weight Float32 CODEC(ZSTD(1)),
    version UInt64 CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(minute)
ORDER BY (service, minute, trace_id, span_id)
SETTINGS non_replicated_deduplication_window = 10000, ttl_only_drop_parts = 1
