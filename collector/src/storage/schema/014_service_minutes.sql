-- The same measures a service and minute, over all its operations.
-- Read by: services, a service's charts. Merging sketches is what these pages cost (2 to 6 µs each): a day of a service with
-- forty operations is 1,440 of them here and 57,600 in `operation_minutes`.
CREATE TABLE IF NOT EXISTS service_minutes
(
    service LowCardinality(String),
    minute DateTime('UTC') CODEC(Delta(4), ZSTD(1)),
    environment LowCardinality(String),
    release LowCardinality(String),
    language LowCardinality(String),
    requests SimpleAggregateFunction(sum, Float64),
    errors SimpleAggregateFunction(sum, Float64),
    duration_ns SimpleAggregateFunction(sum, Float64),
    duration_max_ns SimpleAggregateFunction(max, UInt64),
    duration_quantiles AggregateFunction(quantilesDD(0.01, 0.5, 0.95, 0.99), UInt64),
    samples SimpleAggregateFunction(sum, UInt64),
    -- To the millisecond: a release line stands where the release came, not at the start of its minute.
    first_request SimpleAggregateFunction(min, DateTime64(3, 'UTC'))
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(minute)
ORDER BY (service, minute, environment, release, language)
SETTINGS non_replicated_deduplication_window = 10000, ttl_only_drop_parts = 1
