import type { Notification } from '../../schema/index.ts';
import type { Now, SendOutcome, TestResult } from '../ports.ts';
import { ownMessage } from './own-messages.ts';

/** A channel is tested no more often, so that nobody is flooded through it. */
export const testEveryMs = 2_000;

export interface TesterOptions {
  readonly now: Now;
  readonly baseUrl: string;
  readonly newId: () => string;
  readonly send: (channel: string, message: Notification) => Promise<SendOutcome>;
}

/** Sends one test message to a channel that exists and says what came of it. */
export function createTester({ now, baseUrl, newId, send }: TesterOptions) {
  const testedAt = new Map<string, number>();
  return async (channel: string): Promise<TestResult> => {
    const startedAtMs = now();
    const lastAtMs = testedAt.get(channel);
    if (lastAtMs !== undefined && startedAtMs - lastAtMs < testEveryMs)
      return { status: 'too_soon', httpStatus: null, reason: 'it was tested a moment ago', tookMs: 0 };
    testedAt.set(channel, startedAtMs);
    const eventId = newId();
    const outcome = await send(
      channel,
      ownMessage({ kind: 'test', channel, eventId, nowMs: startedAtMs, baseUrl }),
    );
    const tookMs = now() - startedAtMs;
    const httpStatus = outcome.status ?? null;
    if (outcome.kind === 'delivered') return { status: 'delivered', httpStatus, reason: null, tookMs };
    const status = outcome.kind === 'rejected' ? 'refused' : 'failed';
    return { status, httpStatus, reason: outcome.reason, tookMs };
  };
}
