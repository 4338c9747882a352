// Promise: pure. Reads what PagerDuty's webhooks of version 3 report: developer.pagerduty.com/docs/webhooks-overview.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

export interface SignedBody {
  /** The bytes as they came, not parsed and written again. */
  readonly body: Uint8Array;
  /** `X-PagerDuty-Signature`: `v1=<hex HMAC-SHA256>`, several with commas while a secret is being replaced. */
  readonly signature: string | undefined;
}

export const webhookBytesMax = 262_144;
const signaturesMax = 10;

/** True when one of the signatures was made with one of the secrets. Takes the same time for a wrong one. */
export function isSignedBy({ body, signature }: SignedBody, secrets: readonly string[]): boolean {
  if (signature === undefined || body.length > webhookBytesMax) return false;
  const given = signature
    .split(',')
    .slice(0, signaturesMax)
    .map((part) => /^\s*v1=([0-9a-f]{64})\s*$/i.exec(part)?.[1])
    .filter((hex) => hex !== undefined)
    .map((hex) => Buffer.from(hex, 'hex'));
  let isSigned = false;
  for (const secret of secrets) {
    const wanted = createHmac('sha256', secret).update(body).digest();
    for (const it of given) if (timingSafeEqual(it, wanted)) isSigned = true;
  }
  return isSigned;
}

export interface IncidentReport {
  /** The same when PagerDuty sends it again. */
  readonly eventId: string;
  readonly kind: 'acknowledged' | 'unacknowledged' | 'resolved' | 'reopened';
  readonly dedupKey: string;
  /** Who did it, in PagerDuty. */
  readonly by: string;
}

const event = z.object({
  event: z.object({
    id: z.string().min(1).max(150),
    event_type: z.string(),
    agent: z.object({ summary: z.string().nullish() }).nullish(),
    data: z.object({ incident_key: z.string().min(1).max(255).nullish() }).loose(),
  }),
});
const kinds: Readonly<Record<string, IncidentReport['kind']>> = {
  'incident.acknowledged': 'acknowledged',
  'incident.unacknowledged': 'unacknowledged',
  'incident.resolved': 'resolved',
  'incident.reopened': 'reopened',
};

/** `unread` when it is no such body; undefined for an event that says nothing about an incident of ours. */
export function readIncidentReport(body: Uint8Array): IncidentReport | 'unread' | undefined {
  const parsed = event.safeParse(jsonOf(body));
  if (!parsed.success) return 'unread';
  const { id, event_type: type, agent, data } = parsed.data.event;
  const kind = Object.hasOwn(kinds, type) ? kinds[type] : undefined;
  const dedupKey = data.incident_key ?? undefined;
  if (kind === undefined || dedupKey === undefined) return undefined;
  const by = (agent?.summary ?? '').trim().slice(0, 200);
  return { eventId: id, kind, dedupKey, by: by === '' ? 'PagerDuty' : by };
}

function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}
