import type { Logger } from 'pino';
import { durationMs } from '../../schema/index.ts';
import type { ChannelConfig } from '../../schema/index.ts';
import type { Channel, Now } from '../ports.ts';
import { createAlertmanagerChannel } from './alertmanager.ts';
import { createDiscordChannel } from './discord.ts';
import { createEmailChannel } from './email.ts';
import { createNtfyChannel } from './ntfy.ts';
import { createOpsgenieChannel } from './opsgenie.ts';
import { createPagerDutyChannel } from './pagerduty.ts';
import { createSlackChannel } from './slack.ts';
import { createTeamsChannel } from './teams.ts';
import { createLogChannel } from './log.ts';
import { systemResolve } from './guarded-address.ts';
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
  const { kind } = config;
  const heartbeatMs = heartbeatOf(config);
  const takesAlerts = !('alerts' in config) || config.alerts !== false;
  return {
    ...openKind(config, dependencies),
    kind,
    takesAlerts,
    ...(heartbeatMs === undefined ? {} : { heartbeatMs }),
  };
}

function heartbeatOf(config: ChannelConfig): number | undefined {
  const heartbeat = 'heartbeat' in config ? config.heartbeat : undefined;
  return heartbeat === undefined ? undefined : durationMs(heartbeat);
}

function openKind(config: ChannelConfig, dependencies: ChannelDependencies): Channel {
  const { log, now } = dependencies;
  const poster = createPoster(dependencies);
  switch (config.kind) {
    case 'webhook':
      return createWebhookChannel(config, { poster, now });
    case 'log':
      return createLogChannel(config.name, log);
    case 'alertmanager':
      return createAlertmanagerChannel({ ...config, heartbeatMs: heartbeatOf(config) }, poster);
    case 'pagerduty':
      return createPagerDutyChannel(config, poster);
    case 'opsgenie':
      return createOpsgenieChannel(config, poster);
    case 'slack':
      return createSlackChannel(config, poster);
    case 'teams':
      return createTeamsChannel(config, poster);
    case 'discord':
      return createDiscordChannel(config, poster);
    case 'ntfy':
      return createNtfyChannel(config, poster);
    case 'email':
      return createEmailChannel(config, {
        policy: dependencies.policy,
        resolve: dependencies.resolve ?? systemResolve,
      });
    default:
      return assertNever(config);
  }
}

// The settings hold secrets: the error does not show them.
function assertNever(_config: never): never {
  throw new Error('unreachable channel');
}
