import type { PointRecord } from '../model/records.ts';
import { readAttribute } from './any-value.ts';
import { signed, unsigned } from './wire.ts';
import type { Wire } from './wire.ts';

/** NumberDataPoint. */
export function readNumberPoint(wire: Wire, end: number, point: PointRecord): void {
  while (wire.pos < end) {
    const tag = wire.tag(end);
    if (tag === 33) point.value = wire.double(end);
    else if (tag === 49) {
      wire.fixed64(end);
      point.value = signed(wire.low, wire.high);
    } else if (tag === 58) readAttribute(wire, wire.nested(end), point.attributes);
    else if (tag === 64) point.flags = wire.varint(end);
    else if (!readTimes(wire, end, { tag, point })) wire.skip(tag, end);
  }
}

/** HistogramDataPoint. */
export function readHistogramPoint(wire: Wire, end: number, point: PointRecord): void {
  while (wire.pos < end) {
    const tag = wire.tag(end);
    switch (tag) {
      case 41:
        point.sum = wire.double(end);
        break;
      case 49:
        wire.fixed64(end);
        addCount(point, unsigned(wire.low, wire.high));
        break;
      case 50: {
        const stop = wire.nested(end);
        while (wire.pos < stop) {
          wire.fixed64(stop);
          addCount(point, unsigned(wire.low, wire.high));
        }
        break;
      }
      case 57:
        addBound(point, wire.double(end));
        break;
      case 58: {
        const stop = wire.nested(end);
        while (wire.pos < stop) addBound(point, wire.double(stop));
        break;
      }
      case 74:
        readAttribute(wire, wire.nested(end), point.attributes);
        break;
      case 80:
        point.flags = wire.varint(end);
        break;
      case 89:
        point.min = wire.double(end);
        break;
      case 97:
        point.max = wire.double(end);
        break;
      default:
        if (!readTimes(wire, end, { tag, point })) wire.skip(tag, end);
    }
  }
}

/** SummaryDataPoint. Quantiles 0 and 1 are minimum and maximum; others cannot be merged and are left out. */
export function readSummaryPoint(wire: Wire, end: number, point: PointRecord): void {
  while (wire.pos < end) {
    const tag = wire.tag(end);
    if (tag === 41) point.sum = wire.double(end);
    else if (tag === 50) readQuantile(wire, wire.nested(end), point);
    else if (tag === 58) readAttribute(wire, wire.nested(end), point.attributes);
    else if (tag === 64) point.flags = wire.varint(end);
    else if (!readTimes(wire, end, { tag, point })) wire.skip(tag, end);
  }
}

/** Fields 2 to 4 are the same in every kind of point: start, time, and count where there is one. */
export function readTimes(wire: Wire, end: number, field: { tag: number; point: PointRecord }): boolean {
  const { tag, point } = field;
  if (tag !== 17 && tag !== 25 && tag !== 33) return false;
  wire.fixed64(end);
  if (tag === 17) {
    point.startLow = wire.low;
    point.startHigh = wire.high;
  } else if (tag === 25) {
    point.timeLow = wire.low;
    point.timeHigh = wire.high;
  } else {
    point.countLow = wire.low;
    point.countHigh = wire.high;
  }
  return true;
}

function readQuantile(wire: Wire, end: number, point: PointRecord): void {
  let quantile = 0;
  let value = 0;
  while (wire.pos < end) {
    const tag = wire.tag(end);
    if (tag === 9) quantile = wire.double(end);
    else if (tag === 17) value = wire.double(end);
    else wire.skip(tag, end);
  }
  if (quantile === 0) point.min = value;
  if (quantile === 1) point.max = value;
}

/** Buckets beyond the limit are folded into the last one, so that the total stays true. */
function addCount(point: PointRecord, count: number): void {
  const last = point.bucketCounts.length - 1;
  if (point.buckets <= last) point.bucketCounts[point.buckets++] = count;
  else point.bucketCounts[last] = (point.bucketCounts[last] ?? 0) + count;
}

function addBound(point: PointRecord, bound: number): void {
  if (point.bounds < point.bucketBounds.length) point.bucketBounds[point.bounds++] = bound;
}
