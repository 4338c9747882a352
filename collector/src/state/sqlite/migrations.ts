/** Forward only: a row that has shipped never changes; a new one is added at the end. */
export const migrations: readonly string[] = [
  `
  CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE sessions (
    token_hash BLOB PRIMARY KEY,
    user TEXT NOT NULL,
    credential BLOB NOT NULL,
    expires_at_ms INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX sessions_by_expiry ON sessions (expires_at_ms);

  CREATE TABLE alert_rules (
    rule_uid TEXT PRIMARY KEY,
    tick_ms INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE alert_instances (
    id TEXT PRIMARY KEY,
    rule_uid TEXT NOT NULL,
    state_rank INTEGER NOT NULL,
    changed_at_ms INTEGER NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX alert_instances_by_rule ON alert_instances (rule_uid);
  CREATE INDEX alert_instances_by_state ON alert_instances (state_rank, changed_at_ms DESC);

  CREATE TABLE alert_episodes (
    id TEXT PRIMARY KEY,
    rule_uid TEXT NOT NULL,
    fired_at_ms INTEGER NOT NULL,
    resolved_at_ms INTEGER,
    body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX alert_episodes_by_time ON alert_episodes (fired_at_ms DESC);

  CREATE TABLE alert_outbox (
    ordinal INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    channel TEXT NOT NULL,
    dedup_key TEXT NOT NULL,
    notification TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    not_before_ms INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('pending', 'delivered', 'dead')),
    attempt INTEGER NOT NULL DEFAULT 0,
    lease TEXT,
    lease_until_ms INTEGER NOT NULL DEFAULT 0,
    settled_at_ms INTEGER,
    reason TEXT
  ) STRICT;
  CREATE INDEX alert_outbox_open ON alert_outbox (channel, dedup_key, ordinal) WHERE status = 'pending';
  CREATE INDEX alert_outbox_settled ON alert_outbox (settled_at_ms) WHERE status <> 'pending';
  `,
  `
  CREATE TABLE alert_silences (
    id TEXT PRIMARY KEY,
    starts_at_ms INTEGER NOT NULL,
    ends_at_ms INTEGER NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX alert_silences_by_end ON alert_silences (ends_at_ms);
  `,
  `
  CREATE TABLE kept_rules (
    uid TEXT PRIMARY KEY,
    changed_at_ms INTEGER NOT NULL,
    changed_by TEXT,
    body TEXT NOT NULL
  ) STRICT;
  `,
  `
  ALTER TABLE alert_outbox ADD COLUMN absorbed INTEGER NOT NULL DEFAULT 0;

  CREATE TABLE alert_outbox_episodes (
    episode_id TEXT NOT NULL,
    outbox_id TEXT NOT NULL REFERENCES alert_outbox (id) ON DELETE CASCADE,
    PRIMARY KEY (episode_id, outbox_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX alert_outbox_episodes_by_row ON alert_outbox_episodes (outbox_id);
  INSERT INTO alert_outbox_episodes
    SELECT json_extract(notification, '$.episodeId'), id FROM alert_outbox;

  CREATE TABLE alert_groups (
    id TEXT PRIMARY KEY,
    due_at_ms INTEGER,
    version INTEGER NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX alert_groups_due ON alert_groups (due_at_ms) WHERE due_at_ms IS NOT NULL;

  CREATE TABLE alert_actions (
    ordinal INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    alert_id TEXT NOT NULL,
    episode_id TEXT,
    kind TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    until_ms INTEGER,
    body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX alert_actions_by_alert ON alert_actions (alert_id, ordinal);
  CREATE INDEX alert_actions_by_episode ON alert_actions (episode_id, ordinal);
  CREATE INDEX alert_actions_by_time ON alert_actions (at_ms);
  CREATE INDEX alert_actions_snoozed ON alert_actions (until_ms) WHERE kind = 'snooze';
  `,
];
