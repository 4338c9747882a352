export const backoffMsFirst = 1_000;
export const backoffMsMax = 300_000;
export const backoffMsLeast = 100;

export interface RetryInput {
  /** The attempt that failed, from 1. */
  readonly attempt: number;
  readonly afterMs: number | undefined;
  /** From 0 to 1. */
  readonly random: number;
}

/**
 * Full jitter: anywhere up to a ceiling that doubles from 1 s to 5 min
 * (aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter). What the receiver asks for is kept to, plus up to
 * a tenth so that many senders do not come back at once.
 */
export function retryDelayMs({ attempt, afterMs, random }: RetryInput): number {
  if (afterMs !== undefined) return Math.max(backoffMsLeast, Math.round(afterMs * (1 + random / 10)));
  const ceiling = Math.min(backoffMsMax, backoffMsFirst * 2 ** Math.min(attempt - 1, 20));
  return Math.max(backoffMsLeast, Math.round(random * ceiling));
}
