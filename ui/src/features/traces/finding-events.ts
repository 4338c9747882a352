import { findingSchema } from '@nightjar/collector/contract';
import type { Finding, Span } from '@nightjar/collector/contract';

type Event = Span['events'][number];
export type NamedFinding = Pick<Finding, 'id' | 'kind' | 'count' | 'savedMs'>;

const eventName = 'nightjar.finding';
const jsonAttribute = 'nightjar.finding.json';
const namedSchema = findingSchema.pick({ id: true, kind: true, count: true, savedMs: true });

/**
 * Tells the findings that the agent wrote on an entry span from what the app itself reported there. A finding cut short on
 * its way can be no link; it is left out, as the head of the trace names what the collector found.
 */
export function splitEvents(events: readonly Event[]): { findings: NamedFinding[]; others: Event[] } {
  return {
    findings: events.filter(isFinding).flatMap(({ attributes }) => readFinding(attributes[jsonAttribute])),
    others: events.filter((event) => !isFinding(event)),
  };
}

function isFinding({ name }: Event): boolean {
  return name === eventName;
}

function readFinding(json: Event['attributes'][string] | undefined): NamedFinding[] {
  try {
    const parsed = namedSchema.safeParse(JSON.parse(String(json)));
    return parsed.success ? [parsed.data] : [];
  } catch {
    return [];
  }
}
