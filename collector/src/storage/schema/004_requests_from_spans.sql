-- An error is what the semantic conventions call one: status ERROR, or a server answering 5xx.
CREATE MATERIALIZED VIEW IF NOT EXISTS requests_from_spans TO requests AS
SELECT
    service,
    environment,
    release,
    language,
    operation,
    kind,
    start_time,
    trace_id,
    span_id,
    parent_span_id = toFixedString('', 8) AS is_root,
    duration_ns,
    status,
    http_status,
    status = 2 OR (kind = 2 AND http_status >= 500) AS is_error,
    db_query_count,
    db_statement_count,
    db_duration_ns,
    finding_count,
    weight,
    messaging_destination
FROM spans
WHERE is_entry
