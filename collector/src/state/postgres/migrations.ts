/** Forward only: a step that has shipped never changes; a new one is added at the end. */
export const migrations: readonly string[] = [
  `
  CREATE TABLE nightjar.meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
  );

  CREATE TABLE nightjar.sessions (
    token_hash BYTEA PRIMARY KEY,
    user_name TEXT NOT NULL,
    credential BYTEA NOT NULL,
    expires_at_ms BIGINT NOT NULL
  );
  CREATE INDEX sessions_by_expiry ON nightjar.sessions (expires_at_ms);

  CREATE TABLE nightjar.alert_lease (
    name TEXT PRIMARY KEY,
    epoch BIGINT NOT NULL,
    holder TEXT,
    until_ms BIGINT NOT NULL
  );
  INSERT INTO nightjar.alert_lease VALUES ('evaluator', 0, NULL, 0);

  CREATE TABLE nightjar.alert_rules (
    rule_uid TEXT PRIMARY KEY,
    tick_ms BIGINT NOT NULL
  );

  CREATE TABLE nightjar.alert_instances (
    id TEXT PRIMARY KEY,
    rule_uid TEXT NOT NULL,
    state_rank SMALLINT NOT NULL,
    changed_at_ms BIGINT NOT NULL,
    body TEXT NOT NULL
  );
  CREATE INDEX alert_instances_by_rule ON nightjar.alert_instances (rule_uid);
  CREATE INDEX alert_instances_by_state ON nightjar.alert_instances (state_rank, changed_at_ms DESC);

  CREATE TABLE nightjar.alert_episodes (
    id TEXT PRIMARY KEY,
    rule_uid TEXT NOT NULL,
    fired_at_ms BIGINT NOT NULL,
    resolved_at_ms BIGINT,
    body TEXT NOT NULL
  );
  CREATE INDEX alert_episodes_by_time ON nightjar.alert_episodes (fired_at_ms DESC);

  CREATE TABLE nightjar.alert_outbox (
    ordinal BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    channel TEXT NOT NULL,
    dedup_key TEXT NOT NULL,
    notification TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    not_before_ms BIGINT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('pending', 'delivered', 'dead', 'absorbed')),
    attempt INTEGER NOT NULL DEFAULT 0,
    lease TEXT,
    lease_until_ms BIGINT NOT NULL DEFAULT 0,
    settled_at_ms BIGINT,
    reason TEXT
  );
  CREATE INDEX alert_outbox_open ON nightjar.alert_outbox (channel, dedup_key, ordinal) WHERE status = 'pending';
  CREATE INDEX alert_outbox_settled ON nightjar.alert_outbox (settled_at_ms) WHERE status <> 'pending';

  CREATE TABLE nightjar.alert_outbox_episodes (
    episode_id TEXT NOT NULL,
    outbox_id TEXT NOT NULL REFERENCES nightjar.alert_outbox (id) ON DELETE CASCADE,
    PRIMARY KEY (episode_id, outbox_id)
  );
  CREATE INDEX alert_outbox_episodes_by_row ON nightjar.alert_outbox_episodes (outbox_id);

  CREATE TABLE nightjar.alert_silences (
    id TEXT PRIMARY KEY,
    starts_at_ms BIGINT NOT NULL,
    ends_at_ms BIGINT NOT NULL,
    body TEXT NOT NULL
  );
  CREATE INDEX alert_silences_by_end ON nightjar.alert_silences (ends_at_ms);

  CREATE TABLE nightjar.alert_groups (
    id TEXT PRIMARY KEY,
    due_at_ms BIGINT,
    version BIGINT NOT NULL,
    body TEXT NOT NULL
  );
  CREATE INDEX alert_groups_due ON nightjar.alert_groups (due_at_ms) WHERE due_at_ms IS NOT NULL;

  CREATE TABLE nightjar.alert_actions (
    ordinal BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    alert_id TEXT NOT NULL,
    episode_id TEXT,
    kind TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    until_ms BIGINT,
    body TEXT NOT NULL
  );
  CREATE INDEX alert_actions_by_alert ON nightjar.alert_actions (alert_id, ordinal);
  CREATE INDEX alert_actions_by_episode ON nightjar.alert_actions (episode_id, ordinal);
  CREATE INDEX alert_actions_by_time ON nightjar.alert_actions (at_ms);
  CREATE INDEX alert_actions_snoozed ON nightjar.alert_actions (until_ms) WHERE kind = 'snooze';

  CREATE TABLE nightjar.kept_rules (
    uid TEXT PRIMARY KEY,
    changed_at_ms BIGINT NOT NULL,
    changed_by TEXT,
    body TEXT NOT NULL
  );
  `,
];
