import type { Logger } from 'pino';
import type { ChannelConfig } from '../../schema/index.ts';
import type { Channel, Now } from '../ports.ts';
import { createLogChannel } from './log.ts';
import type { Resolve } from './guarded-address.ts';
import { createPoster } from './poster.ts';
import type { TargetPolicy } from './target-policy.ts';
import { createWebhookChannel } from './webhook.ts';

export interface ChannelDependencies {
  readonly log: Logger;
  readonly now: Now;
  readonly policy: TargetPolicy;
  readonly resolve?: Resolve;
}

export function openChannel(config: ChannelConfig, dependencies: ChannelDependencies): Channel {
  const { log, now } = dependencies;
  const poster = createPoster(dependencies);
  switch (config.kind) {
    case 'webhook':
      return createWebhookChannel(config, { poster, now });
    case 'log':
      return createLogChannel(config.name, log);
    default:
      return assertNever(config);
  }
}

function assertNever(value: never): never {
  throw new Error(`unreachable channel ${JSON.stringify(value)}`);
}
