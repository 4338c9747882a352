/** What is known of one queue at one time. What a broker does not tell is left out, never guessed. */
export interface QueueReading {
  readonly system: 'celery' | 'rq' | 'bullmq' | 'rabbitmq';
  readonly queue: string;
  /** Of brokers that have them. */
  readonly virtualHost?: string;
  /** Jobs that wait to be taken. */
  readonly depth: number;
  readonly oldestAgeMs?: number;
  /** Taken, not done. */
  readonly inFlight?: number;
  readonly failed?: number;
}

/** Reads every queue of one kind. Rejects when its broker does not answer. */
export type ReadQueues = () => Promise<readonly QueueReading[]>;

/** Beyond it queues are left out, which is said once. */
export const QUEUES_MAX = 500;

export function ageOf(sinceMs: number, nowMs: number): number | undefined {
  return Number.isFinite(sinceMs) && sinceMs > 0 ? Math.max(0, nowMs - sinceMs) : undefined;
}
