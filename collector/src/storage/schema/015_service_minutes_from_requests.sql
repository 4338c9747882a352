CREATE MATERIALIZED VIEW IF NOT EXISTS service_minutes_from_requests TO service_minutes AS
SELECT
    service,
    toStartOfMinute(start_time) AS minute,
    environment,
    release,
    language,
    sum(toFloat64(weight)) AS requests,
    sum(if(is_error, toFloat64(weight), 0)) AS errors,
    sum(toFloat64(requests.duration_ns) * weight) AS duration_ns,
    max(requests.duration_ns) AS duration_max_ns,
    quantilesDDState(0.01, 0.5, 0.95, 0.99)(requests.duration_ns) AS duration_quantiles,
    count() AS samples,
    min(toDateTime64(start_time, 3, 'UTC')) AS first_request
FROM requests
GROUP BY service, minute, environment, release, language
