import { expect, it } from 'vitest';
import { createSelfMetrics, labelValuesMax } from './self-metrics.ts';

it('counts what is received, refused, stored and announced', async () => {
  const metrics = createSelfMetrics('1.2.3');
  metrics.ingest.received('traces', 500, 9_000);
  metrics.ingest.received('traces', 1, 10);
  metrics.ingest.refused('logs', 'journal_full');
  metrics.ingest.acknowledged('traces', 12);
  metrics.ingest.stored('spans', 501);
  metrics.ingest.journalBytes(77);
  metrics.countAlerts('deliveries_sent', 2);
  metrics.readOutboxFrom(async () => [{ channel: 'webhook', pending: 3, dead: 1, oldestPendingMs: null }]);
  metrics.readEvaluationLagFrom(() => 1_500);
  const text = await metrics.text();
  expect(text.split('\n')).toEqual(
    expect.arrayContaining([
      'nightjar_build_info{version="1.2.3"} 1',
      'nightjar_ingest_records_total{signal="traces"} 501',
      'nightjar_ingest_bytes_total{signal="traces"} 9010',
      'nightjar_ingest_refused_total{signal="logs",reason="journal_full"} 1',
      'nightjar_ingest_ack_seconds_bucket{le="0.02",signal="traces"} 1',
      'nightjar_stored_rows_total{table="spans"} 501',
      'nightjar_journal_bytes 77',
      'nightjar_alert_events_total{event="deliveries_sent"} 2',
      'nightjar_outbox_rows{channel="webhook",state="pending"} 3',
      'nightjar_outbox_rows{channel="webhook",state="dead"} 1',
      'nightjar_outbox_oldest_age_seconds{channel="webhook"} 0',
      'nightjar_alert_eval_lag_seconds 1.5',
    ]),
  );
});

it('tells the age of the oldest message that waits', async () => {
  const metrics = createSelfMetrics('1');
  metrics.readOutboxFrom(async () => [
    { channel: 'webhook', pending: 1, dead: 0, oldestPendingMs: Date.now() - 90_000 },
  ]);
  const age = /nightjar_outbox_oldest_age_seconds\{channel="webhook"\} ([\d.]+)/.exec(
    await metrics.text(),
  )?.[1];
  expect(Number(age)).toBeGreaterThanOrEqual(90);
  expect(Number(age)).toBeLessThan(120);
});

it('never grows beyond its label values', async () => {
  const metrics = createSelfMetrics('1');
  for (let index = 0; index < labelValuesMax + 50; index += 1)
    metrics.ingest.refused('traces', `reason ${index}`);
  const rows = (await metrics.text())
    .split('\n')
    .filter((line) => line.startsWith('nightjar_ingest_refused_total{'));
  expect(rows).toHaveLength(labelValuesMax + 1);
  expect(rows.at(-1)).toBe('nightjar_ingest_refused_total{signal="traces",reason="_other"} 50');
});
