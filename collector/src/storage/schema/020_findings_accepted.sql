-- Whether the agent says that somebody accepted the finding: '' | 'ignored' by a comment | 'acknowledged' by a file, why, and
-- the last day it holds (YYYY-MM-DD, '' without end). What other SDKs send is never accepted.
-- Read by: findings page, finding, counts of open findings.
ALTER TABLE findings
    ADD COLUMN IF NOT EXISTS accepted LowCardinality(String) CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS accepted_reason String CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS accepted_until String CODEC(ZSTD(1))
