export * from './attributes.ts';
export type { AgentOptions } from './config.ts';
export { traceJob } from './queues/trace-job.ts';
export type { JobOrigin } from './queues/trace-job.ts';
export { observeQueue } from './queues/observe-queue.ts';
export type { QueueReading, ReadQueue } from './queues/queue-registry.ts';
export { start } from './start.ts';
export type { RunningAgent } from './start.ts';
