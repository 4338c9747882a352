import type { Labels, ListedAlert, Notification } from '../../schema/index.ts';

/** The body of Alertmanager's webhook, version 4, so that its receivers work, with Nightjar's own facts on top. */
export function webhookBody(message: Notification, receiver: string): string {
  const { group, evidence } = message;
  const alerts: readonly ListedAlert[] = group?.alerts ?? [message];
  return JSON.stringify({
    version: '4',
    groupKey: message.dedupKey,
    status: message.transition === 'resolve' ? 'resolved' : 'firing',
    receiver,
    truncatedAlerts: group?.unlisted ?? 0,
    groupLabels: group?.labels ?? message.labels,
    commonLabels: labelsOf(message),
    commonAnnotations: annotationsOf(message, message.text),
    externalURL: new URL(message.url).origin,
    alerts: alerts.map((alert) => alertOf(alert, group === null ? message.text : alert.title)),
    eventId: message.eventId,
    episodeId: message.episodeId,
    episodeUrl: message.episodeUrl,
    seq: message.seq,
    transition: message.transition,
    kind: message.kind,
    reason: message.reason,
    isMissed: message.isMissed,
    value: message.value,
    op: message.op,
    threshold: message.threshold,
    unit: message.unit,
    samples: message.samples,
    activeAt: iso(message.activeAt),
    dataAsOf: iso(message.dataAsOf),
    notes: message.notes,
    exemplarTraceIds: evidence?.traces.map(({ traceId }) => traceId) ?? [],
    evidence,
  });
}

function alertOf(alert: ListedAlert, description: string) {
  const isResolved = alert.transition === 'resolve';
  return {
    status: isResolved ? 'resolved' : 'firing',
    labels: labelsOf(alert),
    annotations: annotationsOf(alert, description),
    startsAt: iso(alert.firedAt),
    endsAt: alert.resolvedAt === null ? '0001-01-01T00:00:00Z' : iso(alert.resolvedAt),
    generatorURL: alert.url,
    fingerprint: alert.dedupKey.slice(0, 16),
    episodeId: alert.episodeId,
    episodeUrl: alert.episodeUrl,
    reason: alert.reason,
    value: alert.value,
    threshold: alert.threshold,
    unit: alert.unit,
    samples: alert.samples,
  };
}

type Labelled = Pick<ListedAlert, 'labels' | 'ruleName' | 'ruleUid' | 'severity'>;

function labelsOf({ labels, ruleName, ruleUid, severity }: Labelled): Labels {
  return { ...labels, alertname: ruleName, severity, rule_uid: ruleUid };
}

function annotationsOf(
  { annotations, title, runbook }: Pick<ListedAlert, 'annotations' | 'title' | 'runbook'>,
  description: string,
): Labels {
  return {
    ...annotations,
    title,
    description,
    ...(runbook === null ? {} : { runbook_url: runbook }),
  };
}

function iso(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
