-- One row a finding and request. Written by the sweep, from the agent's events or from its own verdict over the stored trace;
-- a later verdict over the same request replaces the earlier one.
-- Read by: findings page, finding, trace page, findings of a service. Always read with FINAL.
CREATE TABLE IF NOT EXISTS findings
(
    service LowCardinality(String) CODEC(ZSTD(1)),
    finding_id UInt64 CODEC(ZSTD(1)),
    start_time DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1)),
    trace_id FixedString(16) CODEC(ZSTD(1)),
    scope_span_id FixedString(8) CODEC(ZSTD(1)),
    kind LowCardinality(String) CODEC(ZSTD(1)),
    operation LowCardinality(String) CODEC(ZSTD(1)),
    environment LowCardinality(String) CODEC(ZSTD(1)),
    release LowCardinality(String) CODEC(ZSTD(1)),
    fingerprint UInt64 CODEC(ZSTD(1)),
    statement String CODEC(ZSTD(1)),
    call_count UInt32 CODEC(ZSTD(1)),
    total_ms Float64 CODEC(ZSTD(1)),
    saved_ms Float64 CODEC(ZSTD(1)),
    severity LowCardinality(String) CODEC(ZSTD(1)),
    confidence LowCardinality(String) CODEC(ZSTD(1)),
    is_write Bool CODEC(ZSTD(1)),
    code_file LowCardinality(String) CODEC(ZSTD(1)),
    code_line UInt32 CODEC(ZSTD(1)),
    code_function LowCardinality(String) CODEC(ZSTD(1)),
    hint String CODEC(ZSTD(1)),
    reason String CODEC(ZSTD(1)),
    anchor_span_id FixedString(8) CODEC(ZSTD(1)),
    source_span_id FixedString(8) CODEC(ZSTD(1)),
    member_span_ids Array(FixedString(8)) CODEC(ZSTD(1)),
    -- JSON: the other calls of the same loop, mended with it.
    companions String CODEC(ZSTD(1)),
    weight Float32 CODEC(ZSTD(1)),
    -- A verdict that no longer holds is written again with is_retracted: rows are never deleted.
    is_retracted Bool CODEC(ZSTD(1)),
    version UInt64 CODEC(ZSTD(1)),

    INDEX trace_id_bloom trace_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(start_time)
ORDER BY (service, finding_id, start_time, trace_id, scope_span_id)
SETTINGS non_replicated_deduplication_window = 10000, ttl_only_drop_parts = 1
