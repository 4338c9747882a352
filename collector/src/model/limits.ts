// What one record may carry. More is dropped or cut, counted in `dropped_count` and flagged on the record.
export const ATTRIBUTES_MAX = 256;
/** Attributes of all events and links of one span together. */
export const NESTED_ATTRIBUTES_MAX = 2048;
export const EVENTS_MAX = 256;
export const LINKS_MAX = 256;
export const KEY_BYTES_MAX = 256;
export const VALUE_BYTES_MAX = 16 * 1024;
/** SQL and the bodies of log records. */
export const LONG_TEXT_BYTES_MAX = 64 * 1024;
/** Values that become columns of low cardinality: names, routes, services. */
export const NAME_BYTES_MAX = 1024;
/** Arrays and maps inside a value; deeper is cut. */
export const NESTING_MAX = 32;
export const BUCKETS_MAX = 512;

/** Boolean attributes that say what the collector did to a record. */
export const TIME_CLAMPED = 'nightjar.time_clamped';
export const TRUNCATED = 'nightjar.truncated';

/** The largest end <= `end` that keeps [start, end) within `bytesMax` and cuts no UTF-8 sequence. */
export function cutUtf8(bytes: Uint8Array, range: { start: number; end: number }, bytesMax: number): number {
  if (range.end - range.start <= bytesMax) return range.end;
  let end = range.start + bytesMax;
  // Step back over continuation bytes to a boundary.
  while (end > range.start && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return end;
}
