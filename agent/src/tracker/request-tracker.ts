import { SpanKind, context, trace } from '@opentelemetry/api';
import type { Context, Span as ApiSpan } from '@opentelemetry/api';
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace';
import { detect } from '../detect/index.ts';
import { redactSpan } from '../export/redact.ts';
import type { CallSiteReader, RawStack } from './call-site.ts';
import { NO_CALLS, entryFactsOf } from './entry-facts.ts';
import type { EntryFacts } from './entry-facts.ts';
import { withEntryFacts } from './entry-view.ts';
import { pendingSiteIn, withPendingSite } from './pending-site.ts';
import { repeatKeyOf, statementKey } from './repeats.ts';
import { createTrackedRequest, markWith, recordOf, requestOf } from './tracked-request.ts';
import type { TrackedRequest } from './tracked-request.ts';

/**
 * Keeps per-request state and writes the request's counts and findings on its entry span (the local root:
 * SERVER, CONSUMER, or no parent in this process) before it is exported.
 *
 * While spans of the request are open, its entry span is held back for at most `lateSpansMs`, so that work which
 * outlives the response is still counted; what starts or ends after that belongs to no request's counts.
 */
export interface TrackerPorts {
  readonly service: string;
  readonly callSites: CallSiteReader;
  /** Takes a span that has ended; the entry span of a request comes last of those it was held back for. */
  readonly next: (span: ReadableSpan, request: TrackedRequest | undefined) => void;
  /** The entry span of this request will not come. */
  readonly abandon?: (request: TrackedRequest) => void;
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
}

export interface TrackerCounters {
  untrackedRequests: number;
  abandonedRequests: number;
  uncountedSpans: number;
  faults: number;
}

const LIMITS: TrackerLimits = {
  requestsMax: 2_000,
  spansPerRequestMax: 5_000,
  recordsMax: 100_000,
  requestAgeMaxMs: 300_000,
  lateSpansMs: 1_000,
};
const SWEEP_INTERVAL_MS = 250;

export class RequestTracker implements SpanProcessor {
  readonly counters: TrackerCounters = {
    untrackedRequests: 0,
    abandonedRequests: 0,
    uncountedSpans: 0,
    faults: 0,
  };
  readonly #ports: TrackerPorts;
  readonly #limits: TrackerLimits;
  readonly #running = new Set<TrackedRequest>();
  #records = 0;
  #sweep: NodeJS.Timeout | undefined;

  constructor(ports: TrackerPorts) {
    this.#ports = ports;
    this.#limits = { ...LIMITS, ...ports.limits };
  }

  onStart(span: Span, parentContext: Context): void {
    this.#guard(() => {
      const parent = trace.getSpan(parentContext);
      const request = this.#join(span, requestOf(parent));
      if (request === 'untracked' || request.state === 'settled') return;
      request.openSpans++;
      const key = repeatKeyOf(span);
      if (key !== undefined) this.#noteRepeat(span, { request, key, spanContext: parentContext });
    });
  }

  onEnding(span: Span): void {
    this.#guard(() => {
      redactSpan(span);
      const request = requestOf(span);
      if (request === undefined || request === 'untracked' || request.state !== 'running') return;
      if (request.entry !== span || request.openSpans > 1) return;
      this.#keep(request, span);
      const { attributes, events } = this.#settle(request);
      span.setAttributes(attributes);
      for (const event of events) span.addEvent(event.name, event.attributes);
    });
  }

  onEnd(span: ReadableSpan): void {
    if (this.#guard(() => this.#finish(span))) return;
    const request = requestOf(span);
    this.#pass(span, request === 'untracked' ? undefined : request);
  }

  /** For the hook of pg, which learns the statement after the span has started, on the app's stack or below a pool. */
  noteStatement(span: ApiSpan, statement: string): void {
    this.#guard(() => {
      const request = requestOf(span);
      if (request === undefined || request === 'untracked' || request.state === 'settled') return;
      this.#noteRepeat(span, {
        request,
        key: statementKey(statement, 'postgresql'),
        spanContext: context.active(),
      });
    });
  }

  /** For the pool of pg: counts a call the app makes now, and gives the context to run it in. */
  contextForCall(statement: string): Context {
    const active = context.active();
    const request = this.#runningRequest(active);
    if (request === undefined || pendingSiteIn(active) !== undefined) return active;
    const isDue = request.repeats.isCaptureDue(statementKey(statement, 'postgresql'));
    const raw = isDue ? this.#ports.callSites.capture() : undefined;
    return withPendingSite(active, { raw, isCounted: true });
  }

  /** For a query builder: the stack of the app building a query now, when this request has built one before. */
  stackOfBuild(): RawStack | undefined {
    const request = this.#runningRequest(context.active());
    if (request === undefined || !request.repeats.isBuildCaptureDue()) return undefined;
    return this.#ports.callSites.capture();
  }

  forceFlush(): Promise<void> {
    this.#releaseWaiting(Number.POSITIVE_INFINITY);
    return Promise.resolve();
  }

  shutdown(): Promise<void> {
    clearInterval(this.#sweep);
    return this.forceFlush();
  }

  #join(span: Span, parents: TrackedRequest | 'untracked' | undefined): TrackedRequest | 'untracked' {
    const isEntry = parents === undefined || span.kind === SpanKind.SERVER || span.kind === SpanKind.CONSUMER;
    const request = isEntry ? this.#begin(span) : parents;
    markWith(span, request);
    return request;
  }

  #begin(entry: Span): TrackedRequest | 'untracked' {
    if (this.#running.size >= this.#limits.requestsMax) {
      this.counters.untrackedRequests++;
      return 'untracked';
    }
    const request = createTrackedRequest(entry, this.#ports.nowMs());
    this.#running.add(request);
    this.#sweep ??= setInterval(() => this.#guard(() => this.#sweepOld()), SWEEP_INTERVAL_MS).unref();
    return request;
  }

  #noteRepeat(span: ApiSpan, { request, key, spanContext }: RepeatNote): void {
    request.hasCalls = true;
    const pending = pendingSiteIn(spanContext);
    const isDue = pending?.isCounted === true ? pending.raw !== undefined : request.repeats.isCaptureDue(key);
    if (!isDue) return;
    const raw = pending === undefined ? this.#ports.callSites.capture() : pending.raw;
    const site = raw === undefined ? undefined : this.#ports.callSites.read(raw);
    if (site === undefined) return;
    span.setAttributes({
      'code.file.path': site.file,
      'code.line.number': site.line,
      'code.function.name': site.function,
    });
  }

  #pass(span: ReadableSpan, request: TrackedRequest | undefined): void {
    this.#guard(() => this.#ports.next(span, request));
  }

  /** True when the span was taken over: it goes on later. */
  #finish(span: ReadableSpan): boolean {
    const request = requestOf(span);
    if (request === undefined || request === 'untracked' || request.state === 'settled') return false;
    request.openSpans--;
    this.#keep(request, span);
    if (request.entry === span) {
      request.state = 'waiting';
      return true;
    }
    if (request.state === 'waiting' && request.openSpans === 0) {
      this.#pass(span, request);
      this.#release(request);
      return true;
    }
    return false;
  }

  #keep(request: TrackedRequest, span: ReadableSpan): void {
    if (span.kind === SpanKind.CLIENT || span.kind === SpanKind.PRODUCER) request.hasCalls = true;
    if (
      request.records.length >= this.#limits.spansPerRequestMax ||
      this.#records >= this.#limits.recordsMax
    ) {
      this.counters.uncountedSpans++;
      return;
    }
    this.#records++;
    request.records.push(recordOf(span, this.#ports.service));
  }

  #settle(request: TrackedRequest): EntryFacts {
    const facts = request.hasCalls
      ? entryFactsOf(detect(request.records), request.entry.spanContext().spanId)
      : NO_CALLS;
    this.#forget(request);
    return facts;
  }

  #forget(request: TrackedRequest): void {
    this.#running.delete(request);
    this.#records -= request.records.length;
    request.records = [];
    request.state = 'settled';
  }

  #release(request: TrackedRequest): void {
    const { entry } = request;
    let view: ReadableSpan = entry;
    this.#guard(() => {
      view = withEntryFacts(entry, this.#settle(request));
    });
    if (request.state !== 'settled') this.#forget(request);
    this.#pass(view, request);
  }

  #releaseWaiting(nowMs: number): void {
    for (const request of this.#running) {
      const endedMs = request.startedMs + durationMsOf(request.entry);
      if (request.state === 'waiting' && nowMs - endedMs >= this.#limits.lateSpansMs) this.#release(request);
    }
  }

  #sweepOld(): void {
    const nowMs = this.#ports.nowMs();
    this.#releaseWaiting(nowMs);
    for (const request of this.#running) {
      if (nowMs - request.startedMs < this.#limits.requestAgeMaxMs) break;
      this.counters.abandonedRequests++;
      this.#forget(request);
      this.#ports.abandon?.(request);
    }
    if (this.#running.size > 0) return;
    clearInterval(this.#sweep);
    this.#sweep = undefined;
  }

  #runningRequest(active: Context): TrackedRequest | undefined {
    const span = trace.getSpan(active);
    const request = requestOf(span);
    return request === undefined || request === 'untracked' || request.state === 'settled'
      ? undefined
      : request;
  }

  /** Runs a step of the tracker so that its faults stay its own. */
  #guard(step: () => boolean | void): boolean {
    try {
      return step() === true;
    } catch (fault) {
      if (this.counters.faults++ === 0) this.#ports.onFault(fault);
      return false;
    }
  }
}

interface RepeatNote {
  readonly request: TrackedRequest;
  readonly key: string;
  readonly spanContext: Context;
}

function durationMsOf(span: ReadableSpan): number {
  return span.duration[0] * 1e3 + span.duration[1] / 1e6;
}
