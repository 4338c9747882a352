CREATE MATERIALIZED VIEW IF NOT EXISTS statement_minutes_from_spans TO statement_minutes AS
SELECT
    service,
    toStartOfMinute(start_time) AS minute,
    db_system,
    db_namespace,
    db_fingerprint AS fingerprint,
    release,
    any(db_statement) AS statement,
    any(db_summary) AS summary,
    sum(toFloat64(weight)) AS calls,
    sum(if(status = 2, toFloat64(weight), 0)) AS errors,
    sum(toFloat64(spans.duration_ns) * weight) AS duration_ns,
    max(spans.duration_ns) AS duration_max_ns,
    quantilesDDState(0.01, 0.5, 0.95, 0.99)(spans.duration_ns) AS duration_quantiles
FROM spans
WHERE db_fingerprint != 0
GROUP BY service, minute, db_system, db_namespace, fingerprint, release
