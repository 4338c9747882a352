import { createHash } from 'node:crypto';
import type { Labels } from '../schema/index.ts';

// Every id is a hash of what it names: two evaluators that reach the same decision write the same rows.

export interface AlertKey {
  readonly ruleUid: string;
  readonly condition: string;
  readonly group: Labels;
}

export interface EventKey {
  readonly alert: AlertKey;
  readonly episodeStartMs: number;
  readonly transition: string;
  readonly seq: number;
}

export function alertId(key: AlertKey): string {
  return sha256(parts(key)).slice(0, 32);
}

export function episodeId(key: AlertKey, episodeStartMs: number): string {
  return sha256([...parts(key), episodeStartMs]).slice(0, 32);
}

export function eventId(key: EventKey): string {
  return sha256([...parts(key.alert), key.episodeStartMs, key.transition, key.seq]);
}

export function channelFailingId(channel: string, periodStartMs: number): string {
  return sha256(['channel_failing', channel, periodStartMs]);
}

/** The same text for the same labels, whatever order they came in. */
export function fingerprint(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Spreads rules over the interval, the same way after every restart. */
export function offsetOf(uid: string, everyMs: number): number {
  return createHash('sha256').update(uid).digest().readUInt32BE(0) % everyMs;
}

function parts(key: AlertKey): (string | number)[] {
  return [key.ruleUid, key.condition, fingerprint(key.group)];
}

function sha256(values: readonly (string | number)[]): string {
  return createHash('sha256').update(JSON.stringify(values)).digest('hex');
}
