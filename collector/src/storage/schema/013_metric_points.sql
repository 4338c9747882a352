-- Metric data points of every OTLP type but summaries' raw text. One table: a point is its series and a number or a histogram.
-- Read by: metric series, queues, queue rules, runtime charts.
CREATE TABLE IF NOT EXISTS metric_points
(
    name LowCardinality(String) CODEC(ZSTD(1)),
    service LowCardinality(String) CODEC(ZSTD(1)),
    environment LowCardinality(String) CODEC(ZSTD(1)),
    resource_id UInt64 CODEC(ZSTD(1)),
    series_id UInt64 CODEC(ZSTD(1)),
    time DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
    start_time DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
    type Enum8('gauge' = 1, 'sum' = 2, 'histogram' = 3, 'exponential_histogram' = 4, 'summary' = 5) CODEC(ZSTD(1)),
    is_monotonic Bool CODEC(ZSTD(1)),
    temporality UInt8 CODEC(ZSTD(1)),
    unit LowCardinality(String) CODEC(ZSTD(1)),
    description LowCardinality(String) CODEC(ZSTD(1)),
    value Float64 CODEC(ZSTD(1)),
    count UInt64 CODEC(ZSTD(1)),
    sum Float64 CODEC(ZSTD(1)),
    min Float64 CODEC(ZSTD(1)),
    max Float64 CODEC(ZSTD(1)),
    bucket_counts Array(UInt64) CODEC(ZSTD(1)),
    bucket_bounds Array(Float64) CODEC(ZSTD(1)),
    attributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    queue LowCardinality(String) CODEC(ZSTD(1)),
    ingested_at DateTime('UTC') CODEC(ZSTD(1))
)
ENGINE = MergeTree
PARTITION BY toDate(time)
ORDER BY (name, service, series_id, time)
SETTINGS non_replicated_deduplication_window = 10000, ttl_only_drop_parts = 1
