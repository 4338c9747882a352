import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { EntryFacts } from './entry-facts.ts';

/** An ended span is immutable in the SDK, so a late result goes out as a view of it with the facts added. */
export function withEntryFacts(span: ReadableSpan, facts: EntryFacts): ReadableSpan {
  const events = facts.events.map((event) => ({ ...event, time: span.endTime, droppedAttributesCount: 0 }));
  const view: unknown = Object.create(span, {
    attributes: { value: { ...span.attributes, ...facts.attributes }, enumerable: true },
    events: { value: [...span.events, ...events], enumerable: true },
  });
  return view as ReadableSpan;
}
