import { SpanStatusCode } from '@opentelemetry/api';
import type {
  AttributeValue,
  Attributes,
  Exception,
  HrTime,
  Link,
  Span,
  SpanContext,
  SpanKind,
  SpanStatus,
  TimeInput,
} from '@opentelemetry/api';
import type { InstrumentationScope } from '@opentelemetry/core';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableSpan, SpanProcessor, TimedEvent } from '@opentelemetry/sdk-trace';
import { SpanAttributes, eventAttributes, linkAttributes } from './span-attributes.ts';
import { hrTimeOf, isTime, msOf } from './span-clock.ts';

/** What all spans of one tracer share. */
export interface SpanOrigin {
  readonly scope: InstrumentationScope;
  readonly resource: Resource;
  readonly processor: SpanProcessor;
}

export interface SpanStart {
  readonly name: string;
  readonly kind: SpanKind;
  readonly context: SpanContext;
  readonly parent: SpanContext | undefined;
  readonly startMs: number;
  readonly offsetMs: number;
}

const EVENTS_MAX = 128;
const LINKS_MAX = 128;
const NO_EVENTS: TimedEvent[] = [];
const NO_LINKS: Link[] = [];
const UNSET: SpanStatus = { code: SpanStatusCode.UNSET };

/**
 * A span as the OpenTelemetry API and its SDK define it, for a third of what the SDK's costs: times are numbers, and what
 * most spans have none of (events, links) is not allocated. `span-as-sdk.test.ts` holds it against the SDK's.
 */
export class AgentSpan implements Span, ReadableSpan {
  readonly kind: SpanKind;
  readonly startMs: number;
  readonly offsetMs: number;
  name: string;
  status: SpanStatus = UNSET;
  /** -1 while the span runs. */
  durationMs = -1;
  links: Link[] = NO_LINKS;
  events: TimedEvent[] = NO_EVENTS;
  droppedEventsCount = 0;
  droppedLinksCount = 0;
  ended = false;
  private readonly origin: SpanOrigin;
  private readonly context: SpanContext;
  readonly parentSpanContext?: SpanContext;
  private readonly own = new SpanAttributes();

  constructor(origin: SpanOrigin, { name, kind, context, parent, startMs, offsetMs }: SpanStart) {
    this.origin = origin;
    this.name = name;
    this.kind = kind;
    this.context = context;
    if (parent !== undefined) this.parentSpanContext = parent;
    this.startMs = startMs;
    this.offsetMs = offsetMs;
  }

  /** Before anybody is told of the span. */
  begin({ attributes, links }: { attributes: Attributes | undefined; links: Link[] | undefined }): void {
    this.own.setFirst(attributes ?? {});
    if (!links || links.length === 0) return;
    this.droppedLinksCount = Math.max(0, links.length - LINKS_MAX);
    this.links = links.slice(-LINKS_MAX).map(cleanLink);
  }

  get attributes(): Attributes {
    return this.own.values;
  }

  get droppedAttributesCount(): number {
    return this.own.dropped;
  }

  get instrumentationScope(): InstrumentationScope {
    return this.origin.scope;
  }

  get resource(): Resource {
    return this.origin.resource;
  }

  get startTime(): HrTime {
    return hrTimeOf(this.startMs);
  }

  get endTime(): HrTime {
    return this.ended || this.durationMs >= 0 ? hrTimeOf(this.startMs + this.durationMs) : [0, 0];
  }

  get duration(): HrTime {
    return this.durationMs < 0 ? [-1, -1] : hrTimeOf(this.durationMs);
  }

  spanContext(): SpanContext {
    return this.context;
  }

  setAttribute(key: string, value: AttributeValue): this {
    if (!this.ended) this.own.set(key, value);
    return this;
  }

  setAttributes(attributes: Attributes): this {
    if (this.ended || !attributes) return this;
    for (const key of Object.keys(attributes)) this.own.set(key, attributes[key]);
    return this;
  }

  addEvent(name: string, attributesOrTime?: Attributes | TimeInput, time?: TimeInput): this {
    if (this.ended) return this;
    const isTimed = isTime(attributesOrTime);
    const at = isTime(time) ? time : isTimed ? attributesOrTime : undefined;
    const attributes = isTimed ? undefined : attributesOrTime;
    if (this.events.length >= EVENTS_MAX) {
      this.events.shift();
      this.droppedEventsCount++;
    }
    if (this.events === NO_EVENTS) this.events = [];
    this.events.push({ name, time: hrTimeOf(this.msAt(at)), ...eventAttributes(attributes) });
    return this;
  }

  addLink(link: Link): this {
    if (this.ended) return this;
    if (this.links.length >= LINKS_MAX) {
      this.links.shift();
      this.droppedLinksCount++;
    }
    if (this.links === NO_LINKS) this.links = [];
    this.links.push(cleanLink(link));
    return this;
  }

  addLinks(links: Link[]): this {
    for (const link of links) this.addLink(link);
    return this;
  }

  setStatus({ code, message }: SpanStatus): this {
    if (this.ended || code === SpanStatusCode.UNSET || this.status.code === SpanStatusCode.OK) return this;
    const isTold = code === SpanStatusCode.ERROR && typeof message === 'string';
    this.status = isTold ? { code, message } : { code };
    return this;
  }

  updateName(name: string): this {
    if (!this.ended) this.name = name;
    return this;
  }

  end(time?: TimeInput): void {
    if (this.ended) return;
    this.durationMs = Math.max(0, this.msAt(time) - this.startMs);
    const { processor } = this.origin;
    processor.onEnding?.(this);
    this.ended = true;
    processor.onEnd(this);
  }

  isRecording(): boolean {
    return !this.ended;
  }

  recordException(exception: Exception, time?: TimeInput): void {
    const attributes = exceptionAttributes(exception);
    const isNamed = attributes['exception.type'] ?? attributes['exception.message'];
    if (isNamed !== undefined) this.addEvent('exception', attributes, time);
  }

  private msAt(time: TimeInput | undefined): number {
    return isTime(time) ? msOf(time, this.offsetMs) : performance.now() + this.offsetMs;
  }
}

function cleanLink({ context, attributes }: Link): Link {
  return { context, ...linkAttributes(attributes) };
}

function exceptionAttributes(exception: Exception | null | undefined): Attributes {
  // Whatever can be thrown comes here from a `catch`.
  if (exception === null || exception === undefined) return {};
  if (typeof exception === 'string') return exception === '' ? {} : { 'exception.message': exception };
  const type = exception.code ? String(exception.code) : exception.name;
  return {
    ...(type ? { 'exception.type': type } : {}),
    ...(exception.message ? { 'exception.message': exception.message } : {}),
    ...(exception.stack ? { 'exception.stacktrace': exception.stack } : {}),
  };
}
