export { StorageError, type StorageErrorKind } from './errors.ts';
export { migrate, MigrationError } from './migrate.ts';
export { openStorage, type StorageOptions } from './open.ts';
export { applyRetention, boundSystemLogs } from './retention.ts';
export type { Query, Segment, Storage } from './types.ts';
