/** "18 min ago", "in 5 s", "just now": the absolute time belongs in a title beside it. */
export function relativeTime(atMs: number, nowMs: number): string {
  const agoMs = nowMs - atMs;
  const size = Math.abs(agoMs);
  if (size < 5_000) return 'just now';
  const text = span(size);
  return agoMs >= 0 ? `${text} ago` : `in ${text}`;
}

function span(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h`;
  return `${Math.floor(hours / 24)} d`;
}

const two = (value: number) => String(value).padStart(2, '0');

/** 2026-11-20 08:27:39.123, local zone: sorts as it reads, and says the same thing in every locale. */
export function absoluteTime(atMs: number, precision: 'minute' | 'second' | 'ms' = 'second'): string {
  const at = new Date(atMs);
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${clockTime(atMs, precision)}`;
}

export function clockTime(atMs: number, precision: 'minute' | 'second' | 'ms' = 'second'): string {
  const at = new Date(atMs);
  const minute = `${two(at.getHours())}:${two(at.getMinutes())}`;
  if (precision === 'minute') return minute;
  const second = `${minute}:${two(at.getSeconds())}`;
  return precision === 'second' ? second : `${second}.${String(at.getMilliseconds()).padStart(3, '0')}`;
}

/** From when to when, to the minute: the day is said twice only where it differs. */
export function spanText(fromMs: number, toMs: number): string {
  const from = absoluteTime(fromMs, 'minute');
  const to = absoluteTime(toMs, 'minute');
  return `${from} – ${from.slice(0, 10) === to.slice(0, 10) ? clockTime(toMs, 'minute') : to}`;
}

const dayMs = 86_400_000;

/** A label for a time axis over a range: the day appears only where the range is long enough to need it. */
export function axisTime(atMs: number, rangeMs: number): string {
  if (rangeMs > 2 * dayMs) {
    const at = new Date(atMs);
    const day = `${two(at.getMonth() + 1)}-${two(at.getDate())}`;
    return rangeMs > 5 * dayMs ? day : `${day} ${clockTime(atMs, 'minute')}`;
  }
  return clockTime(atMs, rangeMs <= 10 * 60_000 ? 'second' : 'minute');
}

/** Bucket width as words: "10 s", "1 min". */
export function stepText(stepMs: number): string {
  return span(stepMs);
}
