import { loadChannels, loadRoutes, openChannel, parseAllowList, systemResolve } from '@nightjar/alerts';
import type { Channel, Routing } from '@nightjar/alerts';
import type { ChannelConfig } from '@nightjar/alerts/schema';
import type { Logger } from 'pino';
import { isLoopback, readSecret } from '../config.ts';
import type { Config } from '../config.ts';
import type { Rules } from '../contract/index.ts';
import { StartFailure } from '../errors.ts';

export interface AlertChannelsOptions {
  readonly config: Pick<Config, 'rulesDir' | 'webhook' | 'host' | 'channelAllow'>;
  readonly log: Logger;
  readonly now: () => number;
}

export interface AlertChannels {
  readonly channels: readonly Channel[];
  readonly routing: Routing;
  /** Who is told of what another channel lost, the first that can be; the log at last. */
  readonly fallbacks: readonly string[];
  /** Of the webhooks by which PagerDuty reports acknowledgements. */
  readonly pagerDutySecrets: readonly string[];
  readonly problems: Rules['problems'];
}

/** The log, the webhook of the settings, and what `channels.yaml` and `routes.yaml` beside the rules name. */
export async function openAlertChannels({ config, log, now }: AlertChannelsOptions): Promise<AlertChannels> {
  const { webhook, rulesDir } = config;
  const own: ChannelConfig[] = [
    { kind: 'log', name: 'log' },
    ...(webhook === undefined ? [] : [{ kind: 'webhook' as const, name: 'webhook', ...webhook }]),
  ];
  const reserved = own.map(({ name }) => name);
  const { entries: allowed, unread } = parseAllowList(config.channelAllow);
  if (unread.length > 0)
    throw new StartFailure(
      'config_invalid',
      `NIGHTJAR_CHANNEL_ALLOW=${config.channelAllow.slice(0, 200)}: ${unread[0] ?? ''} is not host, host:port or ` +
        'address/bits. Write for example alerts.lan:9093,10.1.0.0/16.',
    );
  const policy = { isPrivateAllowed: isLoopback(config.host), allowed };
  const loaded = await loadChannels(rulesDir, { readSecret, reserved, policy, resolve: systemResolve });
  const configs = [...own, ...loaded.channels];
  const channels = configs.map((it) => openChannel(it, { log, now, policy }));
  const { routes, problems } = await loadRoutes(
    rulesDir,
    configs.map(({ name }) => name),
  );
  return {
    channels,
    fallbacks: [...(loaded.fallback === undefined ? [] : [loaded.fallback]), 'log'],
    routing: {
      routes,
      alone: channels.filter(({ isGrouping }) => isGrouping === true).map(({ name }) => name),
    },
    pagerDutySecrets: configs.flatMap((it) =>
      it.kind === 'pagerduty' && it.webhookSecret !== undefined ? [it.webhookSecret] : [],
    ),
    problems: [
      ...loaded.problems.map(({ file, channel, message }) => toProblem([file, channel], message)),
      ...problems.map(({ file, route, message }) => toProblem([file, route], message)),
    ],
  };
}

function toProblem(place: readonly (string | undefined)[], problem: string): Rules['problems'][number] {
  return { path: place.filter((part) => part !== undefined).join(' '), problem };
}
