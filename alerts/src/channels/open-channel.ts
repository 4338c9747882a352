import type { Logger } from 'pino';
import type { ChannelConfig } from '../../schema/index.ts';
import type { Channel, Now } from '../ports.ts';
import { createLogChannel } from './log.ts';
import type { Poster } from './poster.ts';
import { createWebhookChannel } from './webhook.ts';

export function openChannel(
  config: ChannelConfig,
  dependencies: { readonly log: Logger; readonly now: Now; readonly poster: Poster },
): Channel {
  switch (config.kind) {
    case 'webhook':
      return createWebhookChannel(config, dependencies);
    case 'log':
      return createLogChannel(config.name, dependencies.log);
    default:
      return assertNever(config);
  }
}

function assertNever(value: never): never {
  throw new Error(`unreachable channel ${JSON.stringify(value)}`);
}
