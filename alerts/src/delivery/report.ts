import type { Logger } from 'pino';
import type { ClaimedRow, Count, SendOutcome, Settlement } from '../ports.ts';

/** Counts and logs what became of a row; the only place where the answer of a receiver is shown. */
export function createReporter({ log, count }: { readonly log: Logger; readonly count: Count }) {
  return {
    settled(row: ClaimedRow, settlement: Settlement, outcome: SendOutcome): void {
      if (settlement.kind === 'delivered') {
        count('deliveries_sent', 1);
        return;
      }
      const { channel, notification, attempt: attempts } = row;
      const answer = outcome.kind === 'delivered' ? undefined : outcome.detail;
      const facts = {
        channel,
        eventId: notification.eventId,
        attempts,
        reason: settlement.reason,
        ...(answer === undefined ? {} : { answer }),
      };
      if (settlement.kind === 'retry') {
        count('deliveries_retried', 1);
        log.warn(facts, 'alert not delivered, it is sent again');
      } else {
        count('deliveries_dead', 1);
        log.error(facts, 'alert given up, it will not be sent again');
      }
    },
    lost({ channel, notification: { eventId } }: ClaimedRow): void {
      count('leases_lost', 1);
      log.warn({ channel, eventId }, 'delivery lease lost, may be sent again');
    },
  };
}
