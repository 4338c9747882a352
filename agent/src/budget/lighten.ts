import type { Attributes } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { FINDING_EVENT } from '../attributes.ts';
import type { ShedDetail } from './budget.ts';

/** What counts, findings, routes, errors and the service map are made of. */
const KEPT =
  /^(?:nightjar\.|db\.|code\.|http\.(?:route|method|status_code|request\.method$|response\.status_code$)|url\.(?:path|full|template)$|rpc\.|messaging\.|graphql\.|error\.type$|exception\.|server\.(?:address|port)$|peer\.service$|net\.peer\.(?:name|port)$)/;
const KEPT_EVENTS: ReadonlySet<string> = new Set([FINDING_EVENT, 'exception']);

/** A view of an ended span without the detail that nothing rests on. */
export function lighten(
  span: ReadableSpan,
  onShed: (detail: ShedDetail, items: number) => void,
): ReadableSpan {
  const entries = Object.entries(span.attributes);
  const kept = entries.filter(([name]) => KEPT.test(name));
  const events = span.events.filter(({ name }) => KEPT_EVENTS.has(name));
  onShed('attribute', entries.length - kept.length);
  onShed('event', span.events.length - events.length);
  const attributes: Attributes = Object.fromEntries(kept);
  const view: unknown = Object.create(span, {
    attributes: { value: attributes, enumerable: true },
    events: { value: events, enumerable: true },
  });
  return view as ReadableSpan;
}
