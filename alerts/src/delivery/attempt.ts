import type { Notification } from '../../schema/index.ts';
import type { Channel, ClaimedRow, OutboxRow, SendOutcome, Settlement } from '../ports.ts';
import { retryDelayMs } from './backoff.ts';

/** One attempt, ended by the signal at the latest; never rejects. */
export async function attempt(
  channel: Channel,
  notification: Notification,
  signal: AbortSignal,
): Promise<SendOutcome> {
  const { promise: timedOut, resolve } = Promise.withResolvers<SendOutcome>();
  const onAbort = () => resolve({ kind: 'retry', reason: 'timed out' });
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([channel.send(notification, signal), timedOut]);
  } catch (error) {
    return { kind: 'retry', reason: error instanceof Error ? error.message : String(error) };
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

export interface SettleInput {
  readonly outcome: SendOutcome;
  readonly atMs: number;
  /** From 0 to 1. */
  readonly random: number;
  readonly followUp: (reason: string) => readonly OutboxRow[];
}

/** What becomes of the row after an attempt. */
export function settlementOf(row: ClaimedRow, input: SettleInput): Settlement {
  const { outcome, atMs } = input;
  const settled = { id: row.id, lease: row.lease, atMs };
  switch (outcome.kind) {
    case 'delivered':
      return { ...settled, kind: 'delivered' };
    case 'rejected':
      return { ...settled, kind: 'dead', reason: outcome.reason, followUp: input.followUp(outcome.reason) };
    case 'retry': {
      const { attempt: number } = row;
      const delayMs = retryDelayMs({ attempt: number, afterMs: outcome.afterMs, random: input.random });
      return { ...settled, kind: 'retry', notBeforeMs: atMs + delayMs, reason: outcome.reason };
    }
    default:
      return assertNever(outcome);
  }
}

function assertNever(value: never): never {
  throw new Error(`unreachable ${JSON.stringify(value)}`);
}
