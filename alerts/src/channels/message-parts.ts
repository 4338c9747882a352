import { evidenceFacts } from '../../schema/index.ts';
import type { LinkedFact, Notification } from '../../schema/index.ts';

export interface Link {
  readonly text: string;
  readonly url: string;
}

/** A message in the parts that receivers with more than plain text can set apart. */
export interface Parts {
  /** What the rule's author says of it. */
  readonly about: readonly string[];
  readonly facts: readonly LinkedFact[];
  readonly evidence: readonly LinkedFact[];
  readonly notes: readonly string[];
  readonly links: readonly Link[];
}

export function partsOf(message: Notification): Parts {
  const { annotations, facts, evidence, notes, text } = message;
  // Of a message that another version stored there may be the text alone.
  if (facts.length === 0 && notes.length === 0 && evidence === null)
    return { about: [text], facts: [], evidence: [], notes: [], links: linksOf(message) };
  return {
    about: [annotations['summary'], annotations['description']].filter(
      (it): it is string => it !== undefined && it !== '',
    ),
    facts: facts.map((it) => ({ ...it, url: null })),
    evidence: evidence === null ? [] : evidenceFacts(evidence),
    notes,
    links: linksOf(message),
  };
}

function linksOf({ url, episodeUrl, runbook }: Notification): Link[] {
  return [
    { text: 'Dashboard', url },
    ...(episodeUrl === null ? [] : [{ text: 'Episode', url: episodeUrl }]),
    ...(runbook === null ? [] : [{ text: 'Runbook', url: runbook }]),
  ];
}

export type Tone = 'good' | 'bad' | 'warning' | 'plain';

export function toneOf({ transition, severity, kind }: Notification): Tone {
  if (kind === 'test' || kind === 'watchdog') return 'plain';
  if (transition === 'resolve') return 'good';
  return severity === 'critical' ? 'bad' : severity === 'warning' ? 'warning' : 'plain';
}

/**
 * True for what is over when it is told: a receiver that keeps incidents must open one and close it, or nobody would
 * hear of it.
 */
export function isOpenAndShut({ isMissed, transition, kind }: Notification): boolean {
  return kind === 'test' || (isMissed && transition === 'resolve');
}

/** Builds a body around as many of the items, from the first, as keep it within `bytesMax` of UTF-8. */
export function fitItems<T>(
  build: (items: readonly T[]) => string,
  items: readonly T[],
  bytesMax: number,
): string {
  let kept = items;
  let body = build(kept);
  while (Buffer.byteLength(body) > bytesMax && kept.length > 0) {
    kept = kept.slice(0, Math.min(kept.length - 1, Math.floor(kept.length * 0.9)));
    body = build(kept);
  }
  return body;
}
