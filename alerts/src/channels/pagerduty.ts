import type { Notification } from '../../schema/index.ts';
import type { Channel } from '../ports.ts';
import { clip, fitBytes } from './clip.ts';
import { isOpenAndShut, partsOf } from './message-parts.ts';
import type { Poster } from './poster.ts';
import { postInTurn } from './post-in-turn.ts';

// developer.pagerduty.com/docs/events-api-v2/trigger-events: 512 KB an event, summary 1024, dedup_key 255 characters.
const eventBytesMax = 512_000;
const summaryMax = 1_024;
const dedupKeyMax = 255;
const linkMax = 2_000;
const linksMax = 10;
const detailsMax = 60;
const detailNameMax = 100;
const detailMax = 1_000;

export interface PagerDutyOptions {
  readonly name: string;
  readonly routingKey: string;
  readonly url: string;
}

/**
 * Events API v2: a trigger opens or updates the incident of its dedup key, a resolve closes it. What began and ended
 * untold opens an incident and closes it, or nobody would hear of it.
 */
export function createPagerDutyChannel(options: PagerDutyOptions, poster: Poster): Channel {
  const { name, url, routingKey } = options;
  return {
    name,
    send: async (message, signal) => {
      const opens = message.transition !== 'resolve' || isOpenAndShut(message);
      const closes = message.transition === 'resolve' || isOpenAndShut(message);
      const bodies = [
        ...(opens ? [triggerBody(message, routingKey)] : []),
        ...(closes ? [resolveBody(message, routingKey)] : []),
      ];
      return await postInTurn(
        poster,
        bodies.map((body) => ({ url, body })),
        signal,
      );
    },
  };
}

function resolveBody(message: Notification, routingKey: string): string {
  const dedupKey = clip(message.dedupKey, dedupKeyMax);
  return JSON.stringify({ routing_key: routingKey, dedup_key: dedupKey, event_action: 'resolve' });
}

export function triggerBody(message: Notification, routingKey: string): string {
  const { facts, evidence, links } = partsOf(message);
  const { value, threshold, unit, samples, eventId } = message;
  const payload = {
    summary: clip(message.title, summaryMax),
    source: clip(message.labels['service'] ?? message.ruleName, summaryMax),
    severity: message.severity,
    timestamp: new Date(message.firedAt).toISOString(),
    component: clip(message.labels['operation'] ?? message.labels['queue'] ?? '', summaryMax),
    class: clip(message.ruleName, summaryMax),
  };
  const details = {
    rule: message.ruleUid,
    value,
    threshold,
    unit,
    samples,
    eventId,
    ...Object.fromEntries(numbered([...facts, ...evidence])),
  };
  const traces = evidence.flatMap((it) => (it.url === null ? [] : [{ text: it.value, url: it.url }]));
  const build = (text: string) =>
    JSON.stringify({
      routing_key: routingKey,
      dedup_key: clip(message.dedupKey, dedupKeyMax),
      event_action: 'trigger',
      client: 'Nightjar',
      client_url: clip(message.url, linkMax),
      links: [...links, ...traces]
        .filter(({ url }) => url.length <= linkMax)
        .slice(0, linksMax)
        .map(({ text: about, url }) => ({ href: url, text: clip(about, summaryMax) })),
      payload: { ...payload, custom_details: { ...details, text } },
    });
  return fitBytes(build, message.text, eventBytesMax);
}

/** Lines under names of their own: `Fires`, `Fires 2`, `Fires 3`. */
function numbered(facts: readonly { readonly name: string; readonly value: string }[]): [string, string][] {
  const seen = new Map<string, number>();
  return facts.slice(0, detailsMax).map(({ name, value }) => {
    const number = (seen.get(name) ?? 0) + 1;
    seen.set(name, number);
    const short = clip(name, detailNameMax);
    return [number === 1 ? short : `${short} ${number}`, clip(value, detailMax)];
  });
}
