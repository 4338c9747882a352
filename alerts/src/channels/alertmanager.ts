import type { Labels, Notification } from '../../schema/index.ts';
import type { Channel } from '../ports.ts';
import { clip } from './clip.ts';
import type { Poster } from './poster.ts';

/**
 * Alertmanager takes an alert that is not sent again for ended after its `resolve_timeout`, unless it is told an end.
 * Nightjar sends a change once, so a firing alert is given this long; its resolve ends it at once.
 */
export const firingForMs = 7 * 86_400_000;

/** Alertmanager sets no limit; those that it tells do. */
const descriptionMax = 10_000;
const summaryMax = 1_000;

export interface AlertmanagerOptions {
  readonly name: string;
  readonly url: string;
  readonly token?: string | undefined;
}

/** `POST /api/v2/alerts` of a Prometheus Alertmanager, whose routes, groups and silences then apply. */
export function createAlertmanagerChannel(options: AlertmanagerOptions, poster: Poster): Channel {
  const { name, token } = options;
  const url = `${options.url.replace(/\/+$/, '')}/api/v2/alerts`;
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return {
    name,
    isGrouping: true,
    send: async (message, signal) => await poster.post({ url, headers, body: alertsBody(message) }, signal),
  };
}

function alertsBody(message: Notification): string {
  const isResolved = message.transition === 'resolve';
  // An end before the start is refused.
  const endsAt = isResolved
    ? Math.max(message.resolvedAt ?? message.dataAsOf, message.firedAt)
    : Math.max(message.dataAsOf, message.firedAt) + firingForMs;
  return JSON.stringify([
    {
      labels: labelsOf(message),
      annotations: named({
        ...message.annotations,
        summary: clip(message.title, summaryMax),
        description: clip(message.text, descriptionMax),
        runbook_url: message.runbook ?? '',
      }),
      startsAt: new Date(message.firedAt).toISOString(),
      endsAt: new Date(endsAt).toISOString(),
      generatorURL: message.url,
    },
  ]);
}

// The labels are the alert's identity: the resolve must have those of the trigger.
function labelsOf(message: Notification): Labels {
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
