import type { HrTime, TimeInput } from '@opentelemetry/api';

/**
 * Times of a span are milliseconds since 1970 in one number, to a quarter of a microsecond. All spans of a request share
 * one offset between the wall clock and the monotonic one, so that they lie in their true order whatever the wall clock does.
 */
export function offsetNow(): number {
  return Date.now() - performance.now();
}

/** As the API lets callers give a time: since 1970, or a reading of `performance.now()`, which is the smaller. */
export function msOf(time: TimeInput, offsetMs: number): number {
  if (typeof time === 'number') return time <= performance.now() ? time + offsetMs : time;
  return time instanceof Date ? time.getTime() : time[0] * 1e3 + time[1] / 1e6;
}

export function isTime(value: unknown): value is TimeInput {
  return typeof value === 'number' || value instanceof Date || isHrTime(value);
}

export function hrTimeOf(ms: number): HrTime {
  const seconds = Math.trunc(ms / 1e3);
  const nanoseconds = Math.round((ms - seconds * 1e3) * 1e6);
  return nanoseconds >= 1e9 ? [seconds + 1, nanoseconds - 1e9] : [seconds, nanoseconds];
}

function isHrTime(value: unknown): value is HrTime {
  return (
    Array.isArray(value) && value.length === 2 && typeof value[0] === 'number' && typeof value[1] === 'number'
  );
}
