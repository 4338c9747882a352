CREATE MATERIALIZED VIEW IF NOT EXISTS request_queries_from_requests TO request_queries AS
SELECT
    service,
    toStartOfMinute(start_time) AS minute,
    start_time,
    trace_id,
    span_id,
    operation,
    environment,
    release,
    toUInt32(db_query_count) AS query_count,
    toUInt32(greatest(db_statement_count, 0)) AS statement_count,
    db_duration_ns,
    duration_ns,
    weight,
    0 AS version
FROM requests
WHERE db_query_count >= 0
