-- Resource attributes, once a resource and not once a span. `spans.resource_id`, `logs.resource_id` and
-- `metric_points.resource_id` point here. Written when a collector meets a resource it has not written lately.
-- Read by: trace by id, the service page. Never expires by itself: a resource is some hundred bytes.
CREATE TABLE IF NOT EXISTS resources
(
    resource_id UInt64,
    service LowCardinality(String),
    attributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    seen_at DateTime('UTC')
)
ENGINE = ReplacingMergeTree(seen_at)
ORDER BY resource_id
SETTINGS non_replicated_deduplication_window = 10000
