-- Rate, errors and latency an operation and minute. Counts are weighted, so that sampling does not lie.
-- Read by: services, service charts, operations, latency and error-rate rules, releases.
-- ORDER BY: a chart reads one service over a range; the operation table reads the same rows.
CREATE TABLE IF NOT EXISTS operation_minutes
(
    service LowCardinality(String),
    minute DateTime('UTC') CODEC(Delta(4), ZSTD(1)),
    operation LowCardinality(String),
    environment LowCardinality(String),
    release LowCardinality(String),
    language LowCardinality(String),
    kind UInt8,
    requests SimpleAggregateFunction(sum, Float64),
    errors SimpleAggregateFunction(sum, Float64),
    duration_ns SimpleAggregateFunction(sum, Float64),
    duration_max_ns SimpleAggregateFunction(max, UInt64),
    duration_quantiles AggregateFunction(quantilesDD(0.01, 0.5, 0.95, 0.99), UInt64),
    samples SimpleAggregateFunction(sum, UInt64)
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(minute)
ORDER BY (service, minute, operation, environment, release, language, kind)
SETTINGS non_replicated_deduplication_window = 10000, ttl_only_drop_parts = 1
