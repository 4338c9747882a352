import type { ChannelState } from '@nightjar/collector/contract';
import type { Tone } from '../../components/Tag.tsx';

export type ChannelHealth = Readonly<{ tone: Tone; text: string; hint: string }>;

/** One word on a channel: the worst that is true of it. */
export function channelHealth({
  breaker,
  pending,
  dead,
  lastError,
  lastDeliveredAt,
}: ChannelState): ChannelHealth {
  if (breaker.state === 'open')
    return {
      tone: 'critical',
      text: 'stopped',
      hint: 'Message after message failed: it is tried again shortly.',
    };
  if (breaker.state === 'half_open')
    return { tone: 'warning', text: 'on trial', hint: 'After many failures one message is being tried.' };
  const isFailing = lastError !== null && lastError.at > (lastDeliveredAt ?? 0);
  if (isFailing && pending > 0)
    return { tone: 'warning', text: 'failing', hint: 'The last attempt failed; it is repeated.' };
  if (dead > 0) return { tone: 'critical', text: 'gave up', hint: 'Some messages will not be sent again.' };
  if (lastDeliveredAt === null)
    return { tone: 'muted', text: 'not used yet', hint: 'Send a test to be sure.' };
  return { tone: 'ok', text: 'well', hint: 'The last message was delivered.' };
}
