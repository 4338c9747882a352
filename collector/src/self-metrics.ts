import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/** Values one label may take; what comes after is counted as `_other`, so that no input can grow a metric for ever. */
export const labelValuesMax = 100;

export interface SelfMetrics {
  readonly ingest: IngestCounts;
  readonly sweep: SweepCounts;
  countAlerts(counter: string, by: number): void;
  /** Rows that wait on or were given up by a channel, read at each scrape. */
  readOutboxFrom(read: () => Promise<readonly OutboxCount[]>): void;
  /** How late the evaluation of alert rules is, in ms, read at each scrape. */
  readEvaluationLagFrom(read: () => number): void;
  /** In Prometheus' text format. */
  text(): Promise<string>;
}

export interface IngestCounts {
  received(signal: string, records: number, bytes: number): void;
  refused(signal: string, reason: string): void;
  dropped(signal: string, reason: string, records: number): void;
  acknowledged(signal: string, milliseconds: number): void;
  stored(table: string, rows: number): void;
  insertFailed(table: string): void;
  journalBytes(bytes: number): void;
  journalLost(reason: string, records: number): void;
}

export interface SweepCounts {
  passed(milliseconds: number): void;
  counted(event: string, by: number): void;
  lagging(milliseconds: number): void;
}

export interface OutboxCount {
  readonly channel: string;
  readonly pending: number;
  readonly dead: number;
  /** When the oldest that waits was made. */
  readonly oldestPendingMs: number | null;
}

/** What the collector counts about itself, for `/metrics`. */
export function createSelfMetrics(version: string): SelfMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  gauge(registry, 'nightjar_build_info', 'Always 1; the version is the label', ['version'])
    .labels(version)
    .set(1);
  return {
    ingest: ingestCounts(registry),
    sweep: sweepCounts(registry),
    countAlerts: counterOf(registry, 'nightjar_alert_events_total', 'Alert evaluation and delivery', [
      'event',
    ]),
    readOutboxFrom: (read) => observeOutbox(registry, read),
    readEvaluationLagFrom: (read) => observeEvaluationLag(registry, read),
    text: async () => await registry.metrics(),
  };
}

function ingestCounts(registry: Registry): IngestCounts {
  const count = (name: string, help: string, labels: readonly string[]) =>
    counterOf(registry, `nightjar_${name}_total`, help, labels);
  const records = count('ingest_records', 'Spans, log records and metric points received', ['signal']);
  const bytes = count('ingest_bytes', 'Bytes received, inflated', ['signal']);
  const refused = count('ingest_refused', 'Requests answered with an error', ['signal', 'reason']);
  const dropped = count('ingest_dropped', 'Records, or parts of one, left out of a stored request', [
    'signal',
    'reason',
  ]);
  const stored = count('stored_rows', 'Rows inserted', ['table']);
  const failed = count('insert_failures', 'Inserts that failed and are tried again', ['table']);
  const lost = count('journal_lost_records', 'Journal records that could not be read back', ['reason']);
  const journal = gauge(
    registry,
    'nightjar_journal_bytes',
    'Bytes acknowledged and not yet in the database',
    [],
  );
  const acknowledged = new Histogram({
    name: 'nightjar_ingest_ack_seconds',
    help: 'From the last byte of a request to its answer',
    labelNames: ['signal'],
    buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5],
    registers: [registry],
  });
  return {
    received: (signal, recordCount, byteCount) => {
      records(signal, recordCount);
      bytes(signal, byteCount);
    },
    refused: (signal, reason) => refused([signal, reason], 1),
    dropped: (signal, reason, recordCount) => dropped([signal, reason], recordCount),
    acknowledged: (signal, milliseconds) => acknowledged.labels(signal).observe(milliseconds / 1_000),
    stored,
    insertFailed: (table) => failed(table, 1),
    journalBytes: (byteCount) => journal.set(byteCount),
    journalLost: lost,
  };
}

function sweepCounts(registry: Registry): SweepCounts {
  const events = counterOf(registry, 'nightjar_sweep_events_total', 'What the sweep over stored traces did', [
    'event',
  ]);
  const lag = gauge(registry, 'nightjar_sweep_lag_seconds', 'Age of the arrivals not yet swept', []);
  const pass = new Histogram({
    name: 'nightjar_sweep_pass_seconds',
    help: 'Duration of a pass',
    buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 30],
    registers: [registry],
  });
  return {
    passed: (milliseconds) => pass.observe(milliseconds / 1_000),
    counted: events,
    lagging: (milliseconds) => lag.set(milliseconds / 1_000),
  };
}

function observeOutbox(registry: Registry, read: () => Promise<readonly OutboxCount[]>): void {
  const rows: Gauge = new Gauge({
    name: 'nightjar_outbox_rows',
    help: 'Notifications that wait for a channel or were given up',
    labelNames: ['channel', 'state'],
    registers: [registry],
    async collect() {
      rows.reset();
      for (const { channel, pending, dead } of await read()) {
        rows.labels(channel, 'pending').set(pending);
        rows.labels(channel, 'dead').set(dead);
      }
    },
  });
  const ages: Gauge = new Gauge({
    name: 'nightjar_outbox_oldest_age_seconds',
    help: 'Age of the oldest notification that waits for a channel; 0 when none does',
    labelNames: ['channel'],
    registers: [registry],
    async collect() {
      ages.reset();
      for (const { channel, oldestPendingMs } of await read()) {
        const ageMs = oldestPendingMs === null ? 0 : Math.max(0, Date.now() - oldestPendingMs);
        ages.labels(channel).set(ageMs / 1_000);
      }
    },
  });
}

function observeEvaluationLag(registry: Registry, read: () => number): void {
  const lag: Gauge = new Gauge({
    name: 'nightjar_alert_eval_lag_seconds',
    help: 'How long ago an alert rule should have been evaluated and was not',
    registers: [registry],
    collect: () => lag.set(read() / 1_000),
  });
}

type Count = (labels: string | readonly string[], by: number) => void;

function counterOf(
  registry: Registry,
  ...[name, help, labelNames]: [string, string, readonly string[]]
): Count {
  const counter = new Counter({ name, help, labelNames: [...labelNames], registers: [registry] });
  const seen = labelNames.map(() => new Set<string>());
  return (labels, by) => {
    const values = typeof labels === 'string' ? [labels] : labels;
    counter.labels(...values.map((value, index) => bounded(value, seen[index]))).inc(by);
  };
}

function bounded(value: string, seen: Set<string> | undefined): string {
  if (seen === undefined || seen.has(value)) return value;
  if (seen.size >= labelValuesMax) return '_other';
  seen.add(value);
  return value;
}

function gauge(registry: Registry, ...[name, help, labelNames]: [string, string, readonly string[]]): Gauge {
  return new Gauge({ name, help, labelNames: [...labelNames], registers: [registry] });
}
