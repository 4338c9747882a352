import type { PointRecord } from '../model/records.ts';
import { readAttribute } from './any-value.ts';
import { readTimes } from './points.ts';
import { unsigned } from './wire.ts';
import type { Wire } from './wire.ts';

/** Per sign; two of these and a zero bucket stay below BUCKETS_MAX. */
const SIDE_BUCKETS_MAX = 160;

interface Side {
  offset: number;
  size: number;
  readonly counts: Float64Array;
}

const positive: Side = { offset: 0, size: 0, counts: new Float64Array(SIDE_BUCKETS_MAX) };
const negative: Side = { offset: 0, size: 0, counts: new Float64Array(SIDE_BUCKETS_MAX) };

/** ExponentialHistogramDataPoint, as the explicit buckets it stands for: readers then know one kind of histogram. */
export function readExponentialPoint(wire: Wire, end: number, point: PointRecord): void {
  positive.offset = positive.size = negative.offset = negative.size = 0;
  let scale = 0;
  let zeroCount = 0;
  let zeroThreshold = 0;
  while (wire.pos < end) {
    const tag = wire.tag(end);
    switch (tag) {
      case 10:
        readAttribute(wire, wire.nested(end), point.attributes);
        break;
      case 33:
        wire.fixed64(end);
        point.countLow = wire.low;
        point.countHigh = wire.high;
        break;
      case 41:
        point.sum = wire.double(end);
        break;
      case 48:
        scale = zigzag(wire.varint(end));
        break;
      case 57:
        wire.fixed64(end);
        zeroCount = unsigned(wire.low, wire.high);
        break;
      case 66:
        readSide(wire, wire.nested(end), positive);
        break;
      case 74:
        readSide(wire, wire.nested(end), negative);
        break;
      case 80:
        point.flags = wire.varint(end);
        break;
      case 97:
        point.min = wire.double(end);
        break;
      case 105:
        point.max = wire.double(end);
        break;
      case 113:
        zeroThreshold = wire.double(end);
        break;
      default:
        if (!readTimes(wire, end, { tag, point })) wire.skip(tag, end);
    }
  }
  writeBuckets(point, scale, { count: zeroCount, threshold: zeroThreshold });
}

/** Buckets beyond the limit are folded into the outermost, so that the total stays true. */
function readSide(wire: Wire, end: number, side: Side): void {
  while (wire.pos < end) {
    const tag = wire.tag(end);
    if (tag === 8) side.offset = zigzag(wire.varint(end));
    else if (tag === 16) addCount(side, wire.varint(end));
    else if (tag === 18) {
      const stop = wire.nested(end);
      while (wire.pos < stop) addCount(side, wire.varint(stop));
    } else wire.skip(tag, end);
  }
}

function addCount(side: Side, count: number): void {
  const last = SIDE_BUCKETS_MAX - 1;
  if (side.size <= last) side.counts[side.size++] = count;
  else side.counts[last] = (side.counts[last] ?? 0) + count;
}

/** From the most negative bucket over zero to the most positive: counts[i] lies in (bounds[i - 1], bounds[i]]. */
function writeBuckets(point: PointRecord, scale: number, zero: { count: number; threshold: number }): void {
  const exponent = 2 ** -scale;
  const counts = point.bucketCounts;
  const bounds = point.bucketBounds;
  let at = 0;
  const close = (count: number, bound: number): void => {
    counts[at] = count;
    bounds[at] = bound;
    at += 1;
  };
  if (negative.size > 0) {
    close(0, -edge(exponent, negative.offset + negative.size));
    for (let i = negative.size - 1; i >= 0; i--)
      close(negative.counts[i] ?? 0, -edge(exponent, negative.offset + i));
  }
  const zeroEdge = Math.max(zero.threshold, 0);
  if (positive.size === 0) close(zero.count, zeroEdge);
  else {
    close(zero.count, Math.max(edge(exponent, positive.offset), zeroEdge));
    for (let i = 0; i < positive.size; i++)
      close(positive.counts[i] ?? 0, edge(exponent, positive.offset + i + 1));
  }
  counts[at] = 0;
  point.bounds = at;
  point.buckets = at + 1;
}

/** base ** index with base = 2 ** (2 ** -scale), kept finite. */
function edge(exponent: number, index: number): number {
  return Math.min(2 ** (index * exponent), Number.MAX_VALUE);
}

/** sint32 and sint64 of small values. */
function zigzag(value: number): number {
  const half = Math.floor(value / 2);
  return value % 2 === 0 ? half : -half - 1;
}
