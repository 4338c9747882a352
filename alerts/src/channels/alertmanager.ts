import type { Labels, ListedAlert, Notification } from '../../schema/index.ts';
import type { Channel } from '../ports.ts';
import { clip } from './clip.ts';
import type { Poster } from './poster.ts';

/**
 * Alertmanager takes an alert that is not sent again for ended after its `resolve_timeout`, unless it is told an end.
 * Nightjar sends a change once, so a firing alert is given this long; its resolve ends it at once.
 */
export const firingForMs = 7 * 86_400_000;

/** Beats that may be missed before the heartbeat ends. */
const heartbeatsMissedMax = 3;
const testLastsMs = 300_000;

/** Alertmanager sets no limit; those that it tells do. */
const descriptionMax = 10_000;
const summaryMax = 1_000;

export interface AlertmanagerOptions {
  readonly name: string;
  readonly url: string;
  readonly token?: string | undefined;
  readonly heartbeatMs?: number | undefined;
}

/** `POST /api/v2/alerts` of a Prometheus Alertmanager, whose routes, groups and silences then apply. */
export function createAlertmanagerChannel(options: AlertmanagerOptions, poster: Poster): Channel {
  const { name, token, heartbeatMs = 60_000 } = options;
  const url = `${options.url.replace(/\/+$/, '')}/api/v2/alerts`;
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return {
    name,
    isGrouping: true,
    send: async (message, signal) =>
      await poster.post({ url, headers, body: alertsBody(message, heartbeatMs) }, signal),
  };
}

function alertsBody(message: Notification, heartbeatMs: number): string {
  const alerts: readonly ListedAlert[] = message.group?.alerts ?? [message];
  return JSON.stringify(
    alerts.map((alert) => ({
      labels: labelsOf(alert),
      annotations: named({
        ...alert.annotations,
        summary: clip(alert.title, summaryMax),
        description: clip(message.group === null ? message.text : alert.title, descriptionMax),
        runbook_url: alert.runbook ?? '',
      }),
      startsAt: new Date(alert.firedAt).toISOString(),
      endsAt: new Date(endOf(alert, heartbeatMs)).toISOString(),
      generatorURL: alert.url,
    })),
  );
}

function endOf(alert: ListedAlert, heartbeatMs: number): number {
  const { kind, transition, resolvedAt, dataAsOf, firedAt } = alert;
  // A heartbeat that stops must end, or nobody would see that it did.
  if (kind === 'watchdog') return firedAt + heartbeatsMissedMax * heartbeatMs;
  if (kind === 'test') return firedAt + testLastsMs;
  // An end before the start is refused.
  return transition === 'resolve'
    ? Math.max(resolvedAt ?? dataAsOf, firedAt)
    : Math.max(dataAsOf, firedAt) + firingForMs;
}

// The labels are the alert's identity: the resolve must have those of the trigger.
function labelsOf(message: ListedAlert): Labels {
  return named({
    ...message.labels,
    alertname: message.ruleName,
    severity: message.severity,
    rule_uid: message.ruleUid,
    alert_kind: message.kind,
  });
}

/** Names as every version of Alertmanager takes them; an empty value is the same as none. */
function named(labels: Labels): Labels {
  return Object.fromEntries(
    Object.entries(labels)
      .filter(([, value]) => value !== '')
      .map(([label, value]) => [label.replaceAll(/[^A-Za-z0-9_]/g, '_').replace(/^(?=\d)|^$/, '_'), value]),
  );
}
