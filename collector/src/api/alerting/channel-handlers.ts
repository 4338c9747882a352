import type { ChannelHealth, OutboxDepth } from '@nightjar/alerts';
import type { ChannelState } from '../../contract/index.ts';
import { ApiFailure } from '../../errors.ts';
import type { EndpointHandlers } from '../endpoint-handlers.ts';
import type { AlertContext } from './desk.ts';

export function channelHandlers({ desk }: AlertContext): Pick<EndpointHandlers, 'channels' | 'testChannel'> {
  return {
    async channels() {
      const { store, worker, channelProblems } = await desk;
      const depths = new Map((await store.outboxDepths()).map((depth) => [depth.channel, depth]));
      const channels = worker.health().map((health) => stateOf(health, depths.get(health.channel)));
      return { channels, problems: channelProblems };
    },
    async testChannel({ params }) {
      const { worker } = await desk;
      const { status, httpStatus, reason, tookMs } = await worker.test(params.name);
      if (status === 'unknown_channel')
        throw new ApiFailure('no_such_record', `There is no channel ${params.name}.`);
      if (status === 'too_soon')
        throw new ApiFailure('rate_limited', 'The channel was tested a moment ago.', {
          remedy: 'Wait two seconds.',
        });
      return {
        outcome: status === 'delivered' ? 'delivered' : 'failed',
        status: httpStatus,
        reason,
        tookMs,
      };
    },
  };
}

function stateOf(health: ChannelHealth, depth: OutboxDepth | undefined): ChannelState {
  const { lastFailure } = health;
  return {
    name: health.channel,
    kind: health.kind,
    pending: depth?.pending ?? 0,
    dead: depth?.dead ?? 0,
    oldestPendingAt: depth?.oldestPendingMs ?? null,
    lastDeliveredAt: health.lastDeliveredAtMs,
    lastError: lastFailure === null ? null : { at: lastFailure.atMs, reason: lastFailure.reason },
    breaker: { state: health.state, retryAt: health.pausedUntilMs },
    heartbeatEveryMs: health.heartbeatMs,
  };
}
