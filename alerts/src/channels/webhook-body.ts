import type { Labels, Notification } from '../../schema/index.ts';

/** The body of Alertmanager's webhook, version 4, so that its receivers work, with Nightjar's own facts on top. */
export function webhookBody(message: Notification, receiver: string): string {
  const status = message.transition === 'resolve' ? 'resolved' : 'firing';
  const labels: Labels = {
    ...message.labels,
    alertname: message.ruleName,
    severity: message.severity,
    rule_uid: message.ruleUid,
  };
  const annotations: Labels = {
    ...message.annotations,
    title: message.title,
    description: message.text,
    ...(message.runbook === null ? {} : { runbook_url: message.runbook }),
  };
  const endsAt = message.resolvedAt === null ? '0001-01-01T00:00:00Z' : iso(message.resolvedAt);
  return JSON.stringify({
    version: '4',
    groupKey: message.dedupKey,
    status,
    receiver,
    truncatedAlerts: 0,
    groupLabels: message.labels,
    commonLabels: labels,
    commonAnnotations: annotations,
    externalURL: new URL(message.url).origin,
    alerts: [
      {
        status,
        labels,
        annotations,
        startsAt: iso(message.firedAt),
        endsAt,
        generatorURL: message.url,
        fingerprint: message.dedupKey.slice(0, 16),
      },
    ],
    eventId: message.eventId,
    episodeId: message.episodeId,
    seq: message.seq,
    transition: message.transition,
    kind: message.kind,
    reason: message.reason,
    value: message.value,
    op: message.op,
    threshold: message.threshold,
    unit: message.unit,
    samples: message.samples,
    activeAt: iso(message.activeAt),
    dataAsOf: iso(message.dataAsOf),
  });
}

function iso(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
