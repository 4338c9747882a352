-- Fed by `requests`, a tenth of the rows of `spans`: the quantile sketch is what a rollup costs.
CREATE MATERIALIZED VIEW IF NOT EXISTS operation_minutes_from_requests TO operation_minutes AS
SELECT
    service,
    toStartOfMinute(start_time) AS minute,
    operation,
    environment,
    release,
    language,
    kind,
    sum(toFloat64(weight)) AS requests,
    sum(if(is_error, toFloat64(weight), 0)) AS errors,
    sum(toFloat64(requests.duration_ns) * weight) AS duration_ns,
    max(requests.duration_ns) AS duration_max_ns,
    quantilesDDState(0.01, 0.5, 0.95, 0.99)(requests.duration_ns) AS duration_quantiles,
    count() AS samples
FROM requests
GROUP BY service, minute, operation, environment, release, language, kind
