export const retryAfterMsMax = 3_600_000;

/** Both forms of RFC 9110 section 10.2.3, seconds or a date; at most an hour. Undefined when neither. */
export function parseRetryAfter(header: string | null, nowMs: number): number | undefined {
  if (header === null) return undefined;
  const text = header.trim();
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1_000, retryAfterMsMax);
  // An HTTP date begins with the day's name; Date.parse takes much else, such as -3.
  const atMs = /^[A-Z][a-z]{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(atMs)) return undefined;
  return Math.min(Math.max(0, atMs - nowMs), retryAfterMsMax);
}
