import type { Logger } from 'pino';
import type { Notification } from '../../schema/index.ts';
import type { Channel, ChannelHealth, Count, Now, SendOutcome } from '../ports.ts';
import { attempt } from './attempt.ts';
import type { BreakerState } from './breaker.ts';
import { createGate } from './gate.ts';

export const attemptTimeoutMs = 10_000;

export interface SenderOptions {
  readonly channels: readonly Channel[];
  readonly now: Now;
  readonly log: Logger;
  readonly count: Count;
  readonly timeoutSignal: (ms: number) => AbortSignal;
}

/** One attempt on one channel, and what is known of each channel from its attempts. */
export interface Sender {
  readonly names: readonly string[];
  /** Undefined when there is no such channel. */
  readonly state: (channel: string) => BreakerState | undefined;
  readonly send: (channel: string, notification: Notification) => Promise<SendOutcome>;
  readonly health: () => readonly ChannelHealth[];
}

export function createSender({ channels, now, log, count, timeoutSignal }: SenderOptions): Sender {
  const lines = new Map(
    channels.map((channel) => [channel.name, { channel, gate: createGate(channel) }] as const),
  );
  return {
    names: [...lines.keys()],
    state: (name) => lines.get(name)?.gate.state(now()),
    health: () => [...lines.values()].map(({ gate }) => gate.health(now())),
    send: async (name, notification) => {
      const line = lines.get(name);
      if (line === undefined) return { kind: 'rejected', reason: 'there is no such channel' };
      const outcome = await attempt(line.channel, notification, timeoutSignal(attemptTimeoutMs));
      if (line.gate.note(outcome, now())) {
        count('breakers_opened', 1);
        log.warn({ channel: name }, 'alert channel fails, it is left alone for a while');
      }
      return outcome;
    },
  };
}
