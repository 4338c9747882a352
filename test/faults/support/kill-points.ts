/** Where a collector may be killed between a request and the table. */
export const KILL_POINTS = [
  'segment.created',
  'data.halfWritten',
  'data.written',
  'sidecar.written',
  'data.synced',
  'engine.beforeInsert',
  'engine.afterInsert',
  'requests.noted',
  'data.deleted',
  'recovery.cut',
] as const;
export type KillPoint = (typeof KILL_POINTS)[number];
