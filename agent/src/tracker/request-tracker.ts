import { SpanKind, context, trace } from '@opentelemetry/api';
import type { Context } from '@opentelemetry/api';
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace';
import { detect } from '../detect/index.ts';
import { SLOW_STATEMENT_MS } from '../detect/limits.ts';
import { redactSpan } from '../export/redact.ts';
import type { RawStack } from './call-site.ts';
import { NO_CALLS, entryFactsOf, quietFactsOf } from './entry-facts.ts';
import type { EntryFacts } from './entry-facts.ts';
import { withEntryFacts } from './entry-view.ts';
import { pendingSiteIn } from './pending-site.ts';
import type { PendingSite } from './pending-site.ts';
import { quietCounts } from './quiet-request.ts';
import { SecondCalls, repeatKeyOf, statementKey } from './repeats.ts';
import { createTrackedRequest, durationMsOf, markWith, recordsOf, requestOf } from './tracked-request.ts';
import type { TrackedRequest } from './tracked-request.ts';
import { LIMITS } from './tracker-ports.ts';
import type { TrackerCounters, TrackerLimits, TrackerPorts } from './tracker-ports.ts';

const SWEEP_INTERVAL_MS = 250;

/**
 * Keeps per-request state and writes the request's counts and findings on its entry span (the local root:
 * SERVER, CONSUMER, or no parent in this process) before it is exported.
 *
 * While spans of the request are open, its entry span is held back for at most `lateSpansMs`, so that work which
 * outlives the response is still counted; what starts or ends after that belongs to no request's counts.
 */
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
  readonly #seconds: SecondCalls;
  #records = 0;
  #sweep: NodeJS.Timeout | undefined;

  constructor(ports: TrackerPorts) {
    this.#ports = ports;
    this.#limits = { ...LIMITS, ...ports.limits };
    this.#seconds = new SecondCalls(this.#limits.secondCallEvery);
  }

  onStart(span: Span, parentContext: Context): void {
    try {
      const parent = trace.getSpan(parentContext);
      const request = this.#join(span, requestOf(parent));
      if (request === 'untracked' || request.state === 'settled') return;
      request.openSpans++;
      const key = repeatKeyOf(span);
      if (key !== undefined) this.#noteRepeat(span, { request, key, spanContext: parentContext });
    } catch (fault) {
      this.#note(fault);
    }
  }

  onEnding(span: Span): void {
    try {
      redactSpan(span);
      const request = requestOf(span);
      if (request === undefined || request === 'untracked' || request.state !== 'running') return;
      if (request.entry !== span || request.openSpans > 1) return;
      this.#keep(request, span);
      const { attributes, events } = this.#settle(request);
      span.setAttributes(attributes);
      for (const event of events) span.addEvent(event.name, event.attributes);
    } catch (fault) {
      this.#note(fault);
    }
  }

  onEnd(span: ReadableSpan): void {
    const request = requestOf(span);
    try {
      if (this.#finish(span, request)) return;
    } catch (fault) {
      this.#note(fault);
    }
    this.#pass(span, request === 'untracked' ? undefined : request);
  }

  /** For the pool of pg: counts a call the app makes now, and says where it is made if that is wanted. */
  siteOfPoolCall(statement: string): PendingSite | undefined {
    try {
      const active = context.active();
      const request = this.#runningRequest(active);
      if (request === undefined || pendingSiteIn(active) !== undefined) return undefined;
      const isDue = request.repeats.isCaptureDue(statementKey(statement, 'postgresql'));
      return isDue ? { raw: this.#ports.callSites.capture(), isCounted: true } : COUNTED;
    } catch (fault) {
      this.#note(fault);
      return undefined;
    }
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
    const request = createTrackedRequest({
      entry,
      startedMs: this.#ports.nowMs(),
      seconds: this.#seconds,
    });
    this.#running.add(request);
    this.#sweep ??= setInterval(() => this.#sweepOld(), SWEEP_INTERVAL_MS).unref();
    return request;
  }

  #noteRepeat(span: Span, { request, key, spanContext }: RepeatNote): void {
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
    try {
      this.#ports.next(span, request);
    } catch (fault) {
      this.#note(fault);
    }
  }

  /** True when the span was taken over: it goes on later. */
  #finish(span: ReadableSpan, request: TrackedRequest | 'untracked' | undefined): boolean {
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
    if (request.spans.length >= this.#limits.spansPerRequestMax || this.#records >= this.#limits.recordsMax) {
      this.counters.uncountedSpans++;
      return;
    }
    this.#records++;
    request.spans.push(span);
    if (span.kind === SpanKind.CLIENT && durationMsOf(span) >= SLOW_STATEMENT_MS) {
      const key = repeatKeyOf(span);
      if (key !== undefined) this.#seconds.slow.noteSlow(key);
    }
  }

  #settle(request: TrackedRequest): EntryFacts {
    const facts = request.hasCalls ? this.#factsOf(request) : NO_CALLS;
    this.#forget(request);
    return facts;
  }

  #factsOf(request: TrackedRequest): EntryFacts {
    const { entry, spans } = request;
    const quiet = spans.length < this.#limits.spansPerRequestMax ? quietCounts(entry, spans) : undefined;
    if (quiet !== undefined) return quietFactsOf(quiet);
    const found = detect(recordsOf(request, this.#ports.service));
    const { accept = (finding) => finding } = this.#ports;
    return entryFactsOf({ ...found, findings: found.findings.map(accept) }, entry.spanContext().spanId);
  }

  #forget(request: TrackedRequest): void {
    this.#running.delete(request);
    this.#records -= request.spans.length;
    request.spans = [];
    request.state = 'settled';
  }

  #release(request: TrackedRequest): void {
    const { entry } = request;
    let view: ReadableSpan = entry;
    try {
      view = withEntryFacts(entry, this.#settle(request));
    } catch (fault) {
      this.#note(fault);
    }
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
    try {
      const nowMs = this.#ports.nowMs();
      this.#releaseWaiting(nowMs);
      this.#abandonOld(nowMs);
    } catch (fault) {
      this.#note(fault);
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

  #abandonOld(nowMs: number): void {
    for (const request of this.#running) {
      if (nowMs - request.startedMs < this.#limits.requestAgeMaxMs) break;
      this.counters.abandonedRequests++;
      this.#forget(request);
      this.#ports.abandon?.(request);
    }
  }

  /** The tracker's faults stay its own. */
  #note(fault: unknown): void {
    if (this.counters.faults++ === 0) this.#ports.onFault(fault);
  }
}

const COUNTED: PendingSite = { raw: undefined, isCounted: true };

interface RepeatNote {
  readonly request: TrackedRequest;
  readonly key: string;
  readonly spanContext: Context;
}
