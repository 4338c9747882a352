import { createQueueRegistry } from './queue-registry.ts';
import type { QueueRegistry, ReadQueue } from './queue-registry.ts';

const KEY: unique symbol = Symbol.for('nightjar.queues');
type Shelf = { [KEY]?: QueueRegistry };

/** One registry a process, even when a bundler has copied this package: `observeQueue` may come before `start`. */
export function processQueues(): QueueRegistry {
  const shelf = globalThis as typeof globalThis & Shelf;
  shelf[KEY] ??= createQueueRegistry();
  return shelf[KEY];
}

/**
 * Reports the depth of a queue as OTLP gauges, once a metric interval. `read` gives the number of jobs that wait, or
 * depth with age, in-flight and failed counts. BullMQ queues are found without this. Returns the way to stop.
 */
export function observeQueue(name: string, read: ReadQueue): () => void {
  return processQueues().observe(name, read);
}
