import type { Evidence, Notification, Signal } from '../../schema/index.ts';
import type { Count, EvidenceRequest, EvidenceSource, Now } from '../ports.ts';
import { withText } from './message-text.ts';

/** A page waits so long for what explains it, and no longer. */
export const evidenceTimeoutMs = 2_000;
/** Messages whose evidence is kept, for the other channels that tell of the same. */
export const evidenceKeptMax = 100;

/** In a storm of pages evidence is for the first: reads in `evidencePeriodMs`, and none in it after one that failed. */
export const evidenceReadsMax = 20;
export const evidencePeriodMs = 10_000;

export interface EnricherOptions {
  readonly source: EvidenceSource;
  /** What the rule measures; undefined when it is gone. */
  readonly signalOf: (ruleUid: string) => Signal | undefined;
  readonly baseUrl: string;
  readonly now: Now;
  readonly count: Count;
  readonly timeoutSignal: (ms: number) => AbortSignal;
}

/** The notification with its evidence; undefined when it stays as it is. Never rejects. */
export type Enrich = (notification: Notification) => Promise<Notification | undefined>;

export function createEnricher(options: EnricherOptions): Enrich {
  const { source, now, count, timeoutSignal } = options;
  let period = { startMs: 0, reads: 0 };
  const known = new Map<string, Promise<Evidence | undefined>>();

  return async (notification) => {
    if (!isWorthIt(notification)) return undefined;
    const found = await (known.get(notification.eventId) ?? remember(notification));
    if (found === undefined) return undefined;
    const notes =
      (notification.group?.alerts.length ?? 1) > 1
        ? [...notification.notes, 'The evidence is of the first alert named.']
        : notification.notes;
    return withText({ ...notification, evidence: found, notes });
  };

  function remember(notification: Notification): Promise<Evidence | undefined> {
    const asked = ask(requestOf(notification, options));
    known.set(notification.eventId, asked);
    for (const oldest of known.keys()) {
      if (known.size <= evidenceKeptMax) break;
      known.delete(oldest);
    }
    return asked;
  }

  async function ask(request: EvidenceRequest): Promise<Evidence | undefined> {
    if (now() - period.startMs >= evidencePeriodMs) period = { startMs: now(), reads: 0 };
    period.reads += 1;
    const found = period.reads > evidenceReadsMax ? undefined : await read(request);
    if (found === undefined) count('evidence_missing', 1);
    return found;
  }

  async function read(request: EvidenceRequest): Promise<Evidence | undefined> {
    const signal = timeoutSignal(evidenceTimeoutMs);
    try {
      const found = await untilAborted(source.read(request, signal), signal);
      if (!signal.aborted) return found;
    } catch {
      // Counted with what is missing; the page matters more than why.
    }
    period = { startMs: now(), reads: evidenceReadsMax };
    return undefined;
  }
}

// Of an end nobody asks why it began, unless nobody was told that it did.
function isWorthIt({ kind, transition, evidence, isMissed }: Notification): boolean {
  return kind === 'condition' && evidence === null && (transition === 'trigger' || isMissed);
}

function requestOf(
  notification: Notification,
  { signalOf, baseUrl }: Pick<EnricherOptions, 'signalOf' | 'baseUrl'>,
): EvidenceRequest {
  const about = notification.group?.alerts[0] ?? notification;
  const { ruleUid, kind, labels, op, threshold, windowFrom, dataAsOf } = about;
  const signal = signalOf(ruleUid);
  return {
    ruleUid,
    kind,
    labels,
    op,
    threshold,
    fromMs: windowFrom,
    toMs: dataAsOf,
    baseUrl,
    ...(signal === undefined ? {} : { signal }),
  };
}

// A source may ignore its signal; the page goes out all the same.
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const onAbort = () => resolve(undefined);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
