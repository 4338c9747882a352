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

export function groupId(of: {
  readonly scope: string;
  readonly labels: Labels;
  readonly channel: string;
}): string {
  return sha256(['group', of.scope, fingerprint(of.labels), of.channel]);
}

export function groupEventId(
  groupOf: string,
  flush: { readonly dueAt: number; readonly seq: number },
): string {
  return sha256(['group_message', groupOf, flush.dueAt, flush.seq]);
}

export function watchdogId(channel: string, periodStartMs: number): string {
  return sha256(['watchdog', channel, periodStartMs]);
}

/** The same text for the same labels, whatever order they came in. */
export function fingerprint(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Places in an interval where rules tick. Few, so that rules which read the same read it once. */
export const offsetsMax = 12;

/** Spreads rules over the interval, the same way after every restart. */
export function offsetOf(uid: string, everyMs: number): number {
  const place = createHash('sha256').update(uid).digest().readUInt32BE(0) % offsetsMax;
  return Math.floor((place * everyMs) / offsetsMax);
}

function parts(key: AlertKey): (string | number)[] {
  return [key.ruleUid, key.condition, fingerprint(key.group)];
}

function sha256(values: readonly (string | number)[]): string {
  return createHash('sha256').update(JSON.stringify(values)).digest('hex');
}
