// A real Prometheus Alertmanager takes Nightjar's alerts, groups and resolves them, and amtool shows them.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { neededAlertmanager } from '../support/alertmanager.ts';
import { startCollector } from '../support/collector.ts';
import { plainRequest, sendTraces } from '../support/otlp.ts';
import { tempDir } from '../support/paths.ts';
import { until } from '../support/poll.ts';
import { provide } from '../support/services.ts';
import { startWebhookReceiver } from '../support/webhook-receiver.ts';
import type { Delivery } from '../support/webhook-receiver.ts';

const rules = `
rules:
  - uid: latency
    name: p95 latency
    labels: { team: checkout }
    signal: { kind: latency, quantile: 0.95 }
    schedule: { every: 1s, delay: 1s, window: 4s }
    groupBy: [service]
    conditions: [{ severity: critical, threshold: 500, recover: 300 }]
    notify: { channels: [am], groupBy: [service], groupWait: 1h }
    runbook: https://wiki.example/latency
`;
const services = ['web', 'shop'] as const;

const receiver = await startWebhookReceiver();
const alertmanager = await provide(neededAlertmanager(() => receiver.url));
afterAll(async () => {
  await alertmanager?.close();
  await receiver.close();
});

describe.skipIf(alertmanager === undefined)('Alertmanager', () => {
  it('takes alerts as they fire, groups them, and ends them when they resolve', async () => {
    if (alertmanager === undefined) return;
    const dir = tempDir('rules');
    writeFileSync(join(dir.path, 'test.yaml'), rules);
    writeFileSync(
      join(dir.path, 'channels.yaml'),
      `channels: [{ name: am, kind: alertmanager, url: '${alertmanager.url}', heartbeat: 30s }]`,
    );
    const collector = await startCollector({ env: { NIGHTJAR_RULES_DIR: dir.path } });
    const ending = new AbortController();
    let durationMs = 900;
    const traffic = (async () => {
      while (!ending.signal.aborted) {
        for (const service of services)
          await sendTraces(collector.otlpHttp, plainRequest({ service, operation: 'GET /', durationMs }));
        await delay(200, undefined, { signal: ending.signal }).catch(() => undefined);
      }
    })();
    try {
      const firing = await until(
        () => groupTold('firing'),
        (told) => told !== undefined,
        { what: 'a group of both services that fires', timeoutMs: 40_000 },
      );
      expect(firing?.body).toMatchObject({
        receiver: 'hook',
        groupLabels: { alertname: 'p95 latency' },
        commonLabels: { severity: 'critical', rule_uid: 'latency', team: 'checkout' },
        commonAnnotations: { runbook_url: 'https://wiki.example/latency' },
      });

      const shown = await alertmanager.amtool('alert', 'query', '--output=extended', 'alertname=p95 latency');
      for (const service of services) expect(shown).toContain(`service="${service}"`);
      expect(shown).toContain('Critical: p95 latency');
      const watchdog = await alertmanager.amtool('alert', 'query', '--output=simple', 'alertname=Watchdog');
      expect(watchdog).toContain('Watchdog');

      durationMs = 20;
      const ended = await until(
        () => groupTold('resolved'),
        (told) => told !== undefined,
        { what: 'the group to be resolved', timeoutMs: 40_000 },
      );
      expect(ended?.body['groupLabels']).toEqual({ alertname: 'p95 latency' });
      const left = await alertmanager.amtool('alert', 'query', '--output=simple', 'alertname=p95 latency');
      expect(left).not.toContain('service=');
    } finally {
      ending.abort();
      await traffic;
      await collector.stop();
      dir.remove();
    }
  });
});

/** The last message of Alertmanager in which both services have this status. */
function groupTold(status: 'firing' | 'resolved'): Delivery | undefined {
  return receiver.deliveries().findLast(({ body }) => {
    const { alerts } = body;
    const text = JSON.stringify(alerts);
    return (
      body['status'] === status &&
      Array.isArray(alerts) &&
      services.every((service) => text.includes(`"service":"${service}"`))
    );
  });
}
