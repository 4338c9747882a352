-- Calls, time and errors a statement and minute.
-- Read by: the database page and tab, "new statements since the release".
CREATE TABLE IF NOT EXISTS statement_minutes
(
    service LowCardinality(String),
    minute DateTime('UTC') CODEC(Delta(4), ZSTD(1)),
    db_system LowCardinality(String),
    db_namespace LowCardinality(String),
    fingerprint UInt64,
    release LowCardinality(String),
    statement SimpleAggregateFunction(any, String),
    summary SimpleAggregateFunction(any, String),
    calls SimpleAggregateFunction(sum, Float64),
    errors SimpleAggregateFunction(sum, Float64),
    duration_ns SimpleAggregateFunction(sum, Float64),
    duration_max_ns SimpleAggregateFunction(max, UInt64),
    duration_quantiles AggregateFunction(quantilesDD(0.01, 0.5, 0.95, 0.99), UInt64)
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(minute)
ORDER BY (service, minute, db_system, db_namespace, fingerprint, release)
SETTINGS non_replicated_deduplication_window = 10000, ttl_only_drop_parts = 1
