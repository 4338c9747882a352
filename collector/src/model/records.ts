import { AttributeList } from './attribute-list.ts';
import { ATTRIBUTES_MAX, BUCKETS_MAX, EVENTS_MAX, LINKS_MAX, NESTED_ATTRIBUTES_MAX } from './limits.ts';

// Records as decode leaves them for normalise: ranges of the request body and plain numbers.
// One of each is made at start and filled anew for every span, log record or point. -1 as a start means absent.

const NOTHING = Buffer.alloc(0);

/** Events or links of a span, as parallel arrays; their attributes are [attributesFrom, attributesTo) of `nested`. */
export class NestedList {
  readonly capacity: number;
  count = 0;
  dropped = 0;
  readonly timeLow: Uint32Array;
  readonly timeHigh: Uint32Array;
  /** Event: its name. Link: start of the trace id, and of the span id as the end. */
  readonly nameStart: Int32Array;
  readonly nameEnd: Int32Array;
  readonly attributesFrom: Int32Array;
  readonly attributesTo: Int32Array;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.timeLow = new Uint32Array(capacity);
    this.timeHigh = new Uint32Array(capacity);
    this.nameStart = new Int32Array(capacity);
    this.nameEnd = new Int32Array(capacity);
    this.attributesFrom = new Int32Array(capacity);
    this.attributesTo = new Int32Array(capacity);
  }

  reset(): void {
    this.count = 0;
    this.dropped = 0;
  }
}

export class SpanRecord {
  bytes: Buffer = NOTHING;
  traceIdAt = -1;
  spanIdAt = -1;
  parentIdAt = -1;
  traceStateStart = 0;
  traceStateEnd = 0;
  nameStart = 0;
  nameEnd = 0;
  kind = 0;
  startLow = 0;
  startHigh = 0;
  endLow = 0;
  endHigh = 0;
  status = 0;
  messageStart = 0;
  messageEnd = 0;
  flags = 0;
  /** Dropped by the sender. */
  dropped = 0;
  readonly attributes = new AttributeList(ATTRIBUTES_MAX);
  readonly nested = new AttributeList(NESTED_ATTRIBUTES_MAX);
  readonly events = new NestedList(EVENTS_MAX);
  readonly links = new NestedList(LINKS_MAX);

  reset(bytes: Buffer): void {
    this.bytes = bytes;
    this.traceIdAt = -1;
    this.spanIdAt = -1;
    this.parentIdAt = -1;
    this.traceStateStart = this.traceStateEnd = 0;
    this.nameStart = this.nameEnd = 0;
    this.kind = 0;
    this.startLow = this.startHigh = this.endLow = this.endHigh = 0;
    this.status = 0;
    this.messageStart = this.messageEnd = 0;
    this.flags = 0;
    this.dropped = 0;
    this.attributes.reset();
    this.nested.reset();
    this.events.reset();
    this.links.reset();
  }
}

export class LogRecord {
  bytes: Buffer = NOTHING;
  traceIdAt = -1;
  spanIdAt = -1;
  timeLow = 0;
  timeHigh = 0;
  observedLow = 0;
  observedHigh = 0;
  severity = 0;
  severityStart = 0;
  severityEnd = 0;
  eventStart = 0;
  eventEnd = 0;
  flags = 0;
  dropped = 0;
  /** One attribute without key. */
  readonly body = new AttributeList(1);
  readonly attributes = new AttributeList(ATTRIBUTES_MAX);

  reset(bytes: Buffer): void {
    this.bytes = bytes;
    this.traceIdAt = -1;
    this.spanIdAt = -1;
    this.timeLow = this.timeHigh = this.observedLow = this.observedHigh = 0;
    this.severity = 0;
    this.severityStart = this.severityEnd = 0;
    this.eventStart = this.eventEnd = 0;
    this.flags = 0;
    this.dropped = 0;
    this.body.reset();
    this.attributes.reset();
  }
}

/** What the points of one metric have in common. */
export class MetricRecord {
  bytes: Buffer = NOTHING;
  name = '';
  unit = '';
  description = '';
  /** A value of `METRIC_TYPES`. */
  type = 0;
  isMonotonic = false;
  temporality = 0;

  reset(bytes: Buffer): void {
    this.bytes = bytes;
    this.name = this.unit = this.description = '';
    this.type = 0;
    this.isMonotonic = false;
    this.temporality = 0;
  }
}

export class PointRecord {
  startLow = 0;
  startHigh = 0;
  timeLow = 0;
  timeHigh = 0;
  value = 0;
  countLow = 0;
  countHigh = 0;
  sum = 0;
  min = 0;
  max = 0;
  flags = 0;
  /** Counts have one more than bounds; both empty when the point has no histogram. */
  buckets = 0;
  bounds = 0;
  readonly bucketCounts = new Float64Array(BUCKETS_MAX + 1);
  readonly bucketBounds = new Float64Array(BUCKETS_MAX);
  readonly attributes = new AttributeList(ATTRIBUTES_MAX);

  reset(): void {
    this.startLow = this.startHigh = this.timeLow = this.timeHigh = 0;
    this.value = 0;
    this.countLow = this.countHigh = 0;
    this.sum = this.min = this.max = 0;
    this.flags = 0;
    this.buckets = this.bounds = 0;
    this.attributes.reset();
  }
}
