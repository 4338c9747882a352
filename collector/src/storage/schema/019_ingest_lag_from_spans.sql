CREATE MATERIALIZED VIEW IF NOT EXISTS ingest_lag_from_spans TO ingest_lag AS
SELECT
    toDateTime(toStartOfInterval(ingested_at, INTERVAL 1 HOUR), 'UTC') AS hour,
    service,
    quantilesDDState(0.01, 0.995)(greatest(1., (toUnixTimestamp(ingested_at) + 1) * 1000. - toUnixTimestamp64Milli(start_time) - duration_ns / 1e6)) AS lag_ms
FROM spans
WHERE is_entry
GROUP BY hour, service
