export type * from './ports.ts';
export { outboxPendingMax, readingGroupsMax } from './ports.ts';
