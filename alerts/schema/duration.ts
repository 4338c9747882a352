import { z } from 'zod';

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const part = /(\d+)(ms|s|m|h|d)/gy;

/** `90s`, `5m`, `1h30m`, `0s` in milliseconds; undefined when the text is not a duration. */
export function parseDuration(text: string): number | undefined {
  if (text === '') return undefined;
  let totalMs = 0;
  part.lastIndex = 0;
  while (part.lastIndex < text.length) {
    const found = part.exec(text);
    const size = found === null ? undefined : unitMs[found[2] ?? ''];
    if (found === null || size === undefined) return undefined;
    totalMs += Number(found[1]) * size;
  }
  return Number.isSafeInteger(totalMs) ? totalMs : undefined;
}

/** For durations that a schema has accepted already. */
export function durationMs(text: string): number {
  const parsed = parseDuration(text);
  if (parsed === undefined) throw new Error(`not a duration: ${text}`);
  return parsed;
}

export const duration = z
  .string()
  .refine(
    (text) => parseDuration(text) !== undefined,
    'is not a duration, write a number and a unit such as 90s, 5m or 1h30m',
  );

export const positiveDuration = duration.refine(
  (text) => parseDuration(text) !== 0,
  'must be longer than zero, write for example 1m',
);
