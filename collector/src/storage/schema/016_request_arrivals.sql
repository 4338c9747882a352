-- When the last requests that began within the same five seconds arrived, a service.
-- Read by: alert rules, at each tick: a window that was read before its last requests had come is read again.
-- ORDER BY: only the last minutes are asked for, of all services.
-- Lives: a day. What comes later than minutes changes no alert.
CREATE TABLE IF NOT EXISTS request_arrivals
(
    started DateTime('UTC') CODEC(Delta(4), ZSTD(1)),
    service LowCardinality(String),
    last_ingested SimpleAggregateFunction(max, DateTime('UTC'))
)
ENGINE = AggregatingMergeTree
PARTITION BY toDate(started)
ORDER BY (started, service)
TTL toDateTime(started) + toIntervalDay(1)
SETTINGS non_replicated_deduplication_window = 10000, ttl_only_drop_parts = 1
