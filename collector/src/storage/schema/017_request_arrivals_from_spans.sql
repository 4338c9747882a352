CREATE MATERIALIZED VIEW IF NOT EXISTS request_arrivals_from_spans TO request_arrivals AS
SELECT
    toDateTime(toStartOfInterval(start_time, INTERVAL 5 SECOND), 'UTC') AS started,
    service,
    max(ingested_at) AS last_ingested
FROM spans
WHERE is_entry
GROUP BY started, service
