-- Every span as it was received, with typed columns for what the product filters on.
-- Read by: trace by id, sweep, attribute search, raw span lists. Everything else reads a rollup.
-- ORDER BY: half-hour bucket, then trace id. The spans of a trace lie side by side, so that its id and the parent ids are
-- stored almost once, and a trace is one or two granules. Lists a service are answered from `requests`. Figures: ADR 001.
-- Lives: NIGHTJAR_RETENTION_DAYS.
CREATE TABLE IF NOT EXISTS spans
(
    trace_id FixedString(16) CODEC(ZSTD(1)),
    span_id FixedString(8) CODEC(ZSTD(1)),
    parent_span_id FixedString(8) CODEC(ZSTD(1)),
    trace_state String CODEC(ZSTD(1)),
    flags UInt32 CODEC(ZSTD(1)),
    service LowCardinality(String) CODEC(ZSTD(1)),
    environment LowCardinality(String) CODEC(ZSTD(1)),
    release LowCardinality(String) CODEC(ZSTD(1)),
    language LowCardinality(String) CODEC(ZSTD(1)),
    resource_id UInt64 CODEC(ZSTD(1)),
    scope_name LowCardinality(String) CODEC(ZSTD(1)),
    scope_version LowCardinality(String) CODEC(ZSTD(1)),
    name LowCardinality(String) CODEC(ZSTD(1)),
    kind UInt8 CODEC(ZSTD(1)),
    is_entry Bool CODEC(ZSTD(1)),
    operation LowCardinality(String) CODEC(ZSTD(1)),
    start_time DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    duration_ns UInt64 CODEC(T64, ZSTD(1)),
    status UInt8 CODEC(ZSTD(1)),
    status_message String CODEC(ZSTD(1)),
    error_type LowCardinality(String) CODEC(ZSTD(1)),
    http_method LowCardinality(String) CODEC(ZSTD(1)),
    http_route LowCardinality(String) CODEC(ZSTD(1)),
    http_status UInt16 CODEC(ZSTD(1)),
    peer LowCardinality(String) CODEC(ZSTD(1)),
    db_system LowCardinality(String) CODEC(ZSTD(1)),
    db_namespace LowCardinality(String) CODEC(ZSTD(1)),
    db_operation LowCardinality(String) CODEC(ZSTD(1)),
    db_collection LowCardinality(String) CODEC(ZSTD(1)),
    db_statement String CODEC(ZSTD(1)),
    db_summary LowCardinality(String) CODEC(ZSTD(1)),
    db_fingerprint UInt64 CODEC(ZSTD(1)),
    parameter_hash UInt64 CODEC(ZSTD(1)),
    messaging_system LowCardinality(String) CODEC(ZSTD(1)),
    messaging_destination LowCardinality(String) CODEC(ZSTD(1)),
    code_file LowCardinality(String) CODEC(ZSTD(1)),
    code_line UInt32 CODEC(ZSTD(1)),
    code_function LowCardinality(String) CODEC(ZSTD(1)),
    db_query_count Int32 DEFAULT -1 CODEC(ZSTD(1)),
    db_statement_count Int32 DEFAULT -1 CODEC(ZSTD(1)),
    db_duration_ns UInt64 CODEC(ZSTD(1)),
    finding_count UInt16 CODEC(ZSTD(1)),
    weight Float32 DEFAULT 1 CODEC(ZSTD(1)),
    attributes_string Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    attributes_number Map(LowCardinality(String), Float64) CODEC(ZSTD(1)),
    attributes_bool Map(LowCardinality(String), Bool) CODEC(ZSTD(1)),
    event_time_ns Array(UInt64) CODEC(ZSTD(1)),
    event_name Array(LowCardinality(String)) CODEC(ZSTD(1)),
    event_attributes Array(String) CODEC(ZSTD(1)),
    link_trace_id Array(FixedString(16)) CODEC(ZSTD(1)),
    link_span_id Array(FixedString(8)) CODEC(ZSTD(1)),
    link_attributes Array(String) CODEC(ZSTD(1)),
    dropped_count UInt32 CODEC(ZSTD(1)),
    ingested_at DateTime('UTC') CODEC(ZSTD(1)),

    INDEX trace_id_bloom trace_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX ingested_at_minmax ingested_at TYPE minmax GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toDate(start_time)
ORDER BY (toStartOfInterval(start_time, INTERVAL 30 MINUTE), trace_id, start_time)
SETTINGS non_replicated_deduplication_window = 10000, ttl_only_drop_parts = 1
