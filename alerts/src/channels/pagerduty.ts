import type { Notification } from '../../schema/index.ts';
import type { Channel } from '../ports.ts';
import { clip, fitBytes } from './clip.ts';
import type { Poster } from './poster.ts';

// developer.pagerduty.com/docs/events-api-v2/trigger-events: 512 KB an event, summary 1024, dedup_key 255 characters.
const eventBytesMax = 512_000;
const summaryMax = 1_024;
const dedupKeyMax = 255;
const linkMax = 2_000;

export interface PagerDutyOptions {
  readonly name: string;
  readonly routingKey: string;
  readonly url: string;
}

/** Events API v2: a trigger opens or updates the incident of its dedup key, a resolve closes it. */
export function createPagerDutyChannel(options: PagerDutyOptions, poster: Poster): Channel {
  const { name, url, routingKey } = options;
  return {
    name,
    send: async (message, signal) =>
      await poster.post({ url, body: pagerDutyBody(message, routingKey) }, signal),
  };
}

function pagerDutyBody(message: Notification, routingKey: string): string {
  const dedupKey = clip(message.dedupKey, dedupKeyMax);
  const event = { routing_key: routingKey, dedup_key: dedupKey };
  if (message.transition === 'resolve') return JSON.stringify({ ...event, event_action: 'resolve' });
  const links = [
    { href: clip(message.url, linkMax), text: 'Dashboard' },
    ...(message.runbook === null ? [] : [{ href: clip(message.runbook, linkMax), text: 'Runbook' }]),
  ];
  const payload = {
    summary: clip(message.title, summaryMax),
    source: clip(message.labels['service'] ?? message.ruleName, summaryMax),
    severity: message.severity,
    timestamp: new Date(message.firedAt).toISOString(),
    component: clip(message.labels['operation'] ?? message.labels['queue'] ?? '', summaryMax),
    class: clip(message.ruleName, summaryMax),
  };
  const { value, threshold, unit, samples, eventId } = message;
  const facts = { rule: message.ruleUid, value, threshold, unit, samples, eventId };
  const build = (details: string) =>
    JSON.stringify({
      ...event,
      event_action: 'trigger',
      client: 'Nightjar',
      client_url: clip(message.url, linkMax),
      links,
      payload: { ...payload, custom_details: { ...facts, text: details } },
    });
  return fitBytes(build, message.text, eventBytesMax);
}
