-- Milliseconds from the end of a request to its arrival, a service and hour of arrival.
-- Read by: alert rules with `delay: auto`, every ten minutes, over a day.
-- Arrival is known to the second: the lag is rounded up. A clock that is ahead counts as no lag.
-- Lives: three days.
CREATE TABLE IF NOT EXISTS ingest_lag
(
    hour DateTime('UTC') CODEC(Delta(4), ZSTD(1)),
    service LowCardinality(String),
    lag_ms AggregateFunction(quantilesDD(0.01, 0.995), Float64)
)
ENGINE = AggregatingMergeTree
PARTITION BY toDate(hour)
ORDER BY (hour, service)
TTL toDateTime(hour) + toIntervalDay(3)
SETTINGS non_replicated_deduplication_window = 10000, ttl_only_drop_parts = 1
