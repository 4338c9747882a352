import type { Logger } from 'pino';
import type { Notification } from '../../schema/index.ts';
import { watchdogId } from '../ids.ts';
import type { Channel, Count, Now, SendOutcome } from '../ports.ts';
import { ownMessage } from './own-messages.ts';

export interface WatchdogOptions {
  readonly channels: readonly Channel[];
  readonly send: (channel: string, message: Notification) => Promise<SendOutcome>;
  /** Whether rules were evaluated of late. */
  readonly isEvaluating: () => boolean;
  readonly baseUrl: string;
  readonly now: Now;
  readonly log: Logger;
  readonly count?: Count;
}

/** Tells channels at their interval that alerting works, and keeps quiet when it does not: silence is the alarm. */
export interface Watchdog {
  /** Beats where it is time; a beat that fails is not sent again, the next one follows. Returns how many were sent. */
  beat(): Promise<number>;
}

export function createWatchdog(options: WatchdogOptions): Watchdog {
  const { send, isEvaluating, baseUrl, now, log, count = () => undefined } = options;
  const beating = options.channels.flatMap(({ name, heartbeatMs }) =>
    heartbeatMs === undefined ? [] : [{ name, everyMs: heartbeatMs }],
  );
  const lastPeriods = new Map<string, number>();

  return {
    beat: async () => {
      const nowMs = now();
      const due = beating.filter(({ name, everyMs }) => {
        const period = Math.floor(nowMs / everyMs);
        if (lastPeriods.get(name) === period) return false;
        lastPeriods.set(name, period);
        return true;
      });
      if (due.length === 0) return 0;
      if (!isEvaluating()) {
        count('heartbeats_withheld', due.length);
        log.warn({ channels: due.length }, 'heartbeat withheld, rules are not evaluated');
        return 0;
      }
      const sent = await Promise.all(due.map(async (it) => await beatOne(it, nowMs)));
      return sent.filter(Boolean).length;
    },
  };

  async function beatOne(it: (typeof beating)[number], nowMs: number): Promise<boolean> {
    const eventId = watchdogId(it.name, Math.floor(nowMs / it.everyMs) * it.everyMs);
    const outcome = await send(
      it.name,
      ownMessage({ kind: 'watchdog', channel: it.name, eventId, nowMs, baseUrl }),
    );
    if (outcome.kind === 'delivered') return true;
    log.warn({ channel: it.name, reason: outcome.reason }, 'heartbeat not delivered');
    return false;
  }
}
