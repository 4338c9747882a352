import type { Finding } from '../detect/types.ts';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { CallSiteReader } from './call-site.ts';
import type { TrackedRequest } from './tracked-request.ts';

export interface TrackerPorts {
  readonly service: string;
  readonly callSites: CallSiteReader;
  /** Takes a span that has ended; the entry span of a request comes last of those it was held back for. */
  readonly next: (span: ReadableSpan, request: TrackedRequest | undefined) => void;
  /** The entry span of this request will not come. */
  readonly abandon?: (request: TrackedRequest) => void;
  /** Marks the findings that somebody has accepted. */
  readonly accept?: (finding: Finding) => Finding;
  readonly nowMs: () => number;
  /** Called once, with the first error of the tracker's own. The app never sees one. */
  readonly onFault: (fault: unknown) => void;
  readonly limits?: Partial<TrackerLimits>;
}

export interface TrackerLimits {
  readonly requestsMax: number;
  readonly spansPerRequestMax: number;
  /** Over all requests that run. */
  readonly recordsMax: number;
  readonly requestAgeMaxMs: number;
  readonly lateSpansMs: number;
  /** Requests between two that read the stack of a statement's second call, which no finding needs. */
  readonly secondCallEvery: number;
}

export interface TrackerCounters {
  untrackedRequests: number;
  abandonedRequests: number;
  uncountedSpans: number;
  faults: number;
}

export const LIMITS: TrackerLimits = {
  requestsMax: 2_000,
  spansPerRequestMax: 5_000,
  recordsMax: 100_000,
  requestAgeMaxMs: 300_000,
  lateSpansMs: 1_000,
  secondCallEvery: 1,
};
