-- One row an entry span: the first span of a request or job in a service. About one span in ten.
-- Read by: trace search, services and operations over short ranges, exemplars of an alert, jobs of a queue.
-- ORDER BY: a list is always for one service and newest first.
CREATE TABLE IF NOT EXISTS requests
(
    service LowCardinality(String) CODEC(ZSTD(1)),
    environment LowCardinality(String) CODEC(ZSTD(1)),
    release LowCardinality(String) CODEC(ZSTD(1)),
    language LowCardinality(String) CODEC(ZSTD(1)),
    operation LowCardinality(String) CODEC(ZSTD(1)),
    kind UInt8 CODEC(ZSTD(1)),
    start_time DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    trace_id FixedString(16) CODEC(ZSTD(1)),
    span_id FixedString(8) CODEC(ZSTD(1)),
    is_root Bool CODEC(ZSTD(1)),
    duration_ns UInt64 CODEC(T64, ZSTD(1)),
    status UInt8 CODEC(ZSTD(1)),
    http_status UInt16 CODEC(ZSTD(1)),
    is_error Bool CODEC(ZSTD(1)),
    db_query_count Int32 CODEC(ZSTD(1)),
    db_statement_count Int32 CODEC(ZSTD(1)),
    db_duration_ns UInt64 CODEC(ZSTD(1)),
    finding_count UInt16 CODEC(ZSTD(1)),
    weight Float32 CODEC(ZSTD(1)),
    messaging_destination LowCardinality(String) CODEC(ZSTD(1)),

    INDEX trace_id_bloom trace_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toDate(start_time)
ORDER BY (service, start_time)
SETTINGS non_replicated_deduplication_window = 10000, ttl_only_drop_parts = 1
