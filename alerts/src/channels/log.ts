import type { Logger } from 'pino';
import type { Notification } from '../../schema/index.ts';
import type { Channel, SendOutcome } from '../ports.ts';

/** Writes each message to the log. Cannot fail, which makes it the fallback of the others. */
export function createLogChannel(name: string, log: Logger): Channel {
  return {
    name,
    send: async (message: Notification): Promise<SendOutcome> => {
      const { eventId, episodeId, transition, ruleUid, severity, labels, value, threshold, url } = message;
      const facts = {
        eventId,
        episodeId,
        transition,
        rule: ruleUid,
        severity,
        labels,
        value,
        threshold,
        url,
      };
      const level = transition === 'resolve' ? 'info' : severity === 'critical' ? 'error' : 'warn';
      log[level]({ ...facts, title: message.title }, 'alert');
      return { kind: 'delivered' };
    },
  };
}
