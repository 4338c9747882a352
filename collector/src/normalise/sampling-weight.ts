import { ByteCache } from '../model/byte-cache.ts';

/** One span may stand for at most so many: a broken tracestate must not drown the rest. */
const WEIGHT_MAX = 1_000_000;
const THRESHOLD = /(?:^|,)\s*ot=(?:[^,]*;)?th:([0-9a-f]{1,14})(?:[;,]|$)/;

/** How many spans this one stands for, from the `th` of OpenTelemetry's tracestate (probability sampling). */
export class SamplingWeights {
  readonly #cache = new ByteCache<number>(64);

  read(bytes: Buffer, start: number, end: number): number {
    if (end - start < 5) return 1;
    const range = { start, end };
    const cached = this.#cache.get(bytes, range);
    if (cached !== undefined) return cached;
    const value = weightOf(bytes.toString('latin1', start, Math.min(end, start + 512)));
    this.#cache.set(bytes, range, { value });
    return value;
  }
}

export function weightOf(traceState: string): number {
  const digits = THRESHOLD.exec(traceState)?.[1];
  if (digits === undefined) return 1;
  const rejected = Number.parseInt(digits.padEnd(14, '0'), 16) / 2 ** 56;
  return Math.min(1 / (1 - rejected), WEIGHT_MAX);
}
