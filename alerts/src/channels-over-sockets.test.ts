// Episodes over real channels and real sockets, to fakes of the services that refuse what the real ones would.
import { pino } from 'pino';
import { expect, it } from 'vitest';
import type { z } from 'zod';
import { openChannel } from './channels/open-channel.ts';
import type { ChannelConfig } from '../schema/index.ts';
import { openWorld, worldRule } from './test-support/delivery-world.ts';
import { discord, opsgenie, pagerDuty, slack, teams } from './test-support/published-limits.ts';
import { openReceiver } from './test-support/receiver.ts';
import type { Answer, Received } from './test-support/receiver.ts';
import { openSmtpServer } from './test-support/smtp-server.ts';

type Judge = (request: Received) => Answer;
const checks =
  (schema: z.ZodType, bytesMax: number, yes: Answer): Judge =>
  ({ body }) =>
    Buffer.byteLength(body) <= bytesMax && schema.safeParse(JSON.parse(body)).success
      ? yes
      : { status: 400, body: 'invalid' };
const accepted = { status: 202, body: '{"status":"success"}' };

/** An outage of a minute for all, from the given second on. */
async function openServices(isAway: () => boolean) {
  const service = async (judge: Judge) =>
    await openReceiver((request) => (isAway() ? { status: 503 } : judge(request)));
  const closing = /\/close\?identifierType=alias$/;
  return {
    pagerDuty: await service((request) =>
      request.body.includes('"event_action":"resolve"')
        ? accepted
        : checks(pagerDuty, 512_000, accepted)(request),
    ),
    slack: await service(checks(slack, 100_000, { status: 200, body: 'ok' })),
    opsgenie: await service((request) =>
      closing.test(request.path) ? accepted : checks(opsgenie, 100_000, accepted)(request),
    ),
    teams: await service(checks(teams, 28_000, accepted)),
    discord: await service(checks(discord, 100_000, { status: 204 })),
  };
}

function configsFor(
  services: Awaited<ReturnType<typeof openServices>>,
  smtpPort: number,
): readonly ChannelConfig[] {
  const at = (receiver: { readonly url: string }) => new URL(receiver.url).origin;
  return [
    { kind: 'pagerduty', name: 'pagerduty', routingKey: 'key', url: at(services.pagerDuty) },
    { kind: 'slack', name: 'slack', url: at(services.slack) },
    { kind: 'opsgenie', name: 'opsgenie', apiKey: 'key', url: at(services.opsgenie) },
    { kind: 'teams', name: 'teams', url: at(services.teams) },
    { kind: 'discord', name: 'discord', url: at(services.discord) },
    {
      kind: 'email',
      name: 'email',
      host: '127.0.0.1',
      port: smtpPort,
      tls: 'none',
      from: 'nightjar@example.org',
      to: ['on-call@example.org'],
    },
  ];
}

it('a trigger, its end, and an episode that fell into an outage reach PagerDuty, Slack, Opsgenie, Teams, Discord and mail', async () => {
  let elapsedMs = 0;
  const services = await openServices(() => elapsedMs >= 60_000 && elapsedMs < 120_000);
  await using smtp = await openSmtpServer();
  const log = pino({ level: 'silent' });
  const policy = { isPrivateAllowed: true, allowed: [] };
  const world = openWorld({
    rules: [worldRule('cpu', { schedule: { every: '1s', delay: '0s', window: '1s' } })],
    scripts: {
      cpu: (atMs) => ({ 'shop <&> "x"': atMs < 30_000 || (atMs >= 70_000 && atMs < 90_000) ? 99 : 1 }),
    },
    channels: {},
    open: (now) => configsFor(services, smtp.port).map((config) => openChannel(config, { log, now, policy })),
  });
  for (; elapsedMs <= 400_000; elapsedMs += 1_000) await world.run(elapsedMs, 1_000);

  const bodies = (receiver: { readonly received: readonly Received[] }) =>
    receiver.received.map(({ body }): unknown => JSON.parse(body));
  const actions = bodies(services.pagerDuty)
    .map((body) => (body as { event_action: string; dedup_key: string }).event_action)
    .filter((action, index, all) => index === 0 || action !== all[index - 1]);
  // During the outage attempts repeat; after it the missed episode opens an incident and closes it.
  expect(actions).toEqual(['trigger', 'resolve', 'trigger', 'resolve']);
  const lastPaths = services.opsgenie.received
    .slice(-2)
    .map(({ path }) => path.replace(/[0-9a-f]{32}/, '<alias>'));
  expect(lastPaths).toEqual(['/v2/alerts', '/v2/alerts/<alias>/close?identifierType=alias']);
  for (const chat of [services.slack, services.teams, services.discord])
    expect(chat.received.at(-1)?.body).toContain('It fired and ended while it could not be delivered');
  expect(smtp.mails.map((mail) => /^Subject: (?:=\?UTF-8\?Q\?)?(\w+)/m.exec(mail)?.[1])).toEqual([
    'Critical',
    'Resolved',
    'Critical',
    'Resolved',
  ]);

  const delivered = await world.store.listDeliveries({ rowsMax: 100 });
  expect(delivered.filter(({ status }) => status === 'pending' || status === 'dead')).toEqual([]);
  for (const receiver of Object.values(services)) await receiver[Symbol.asyncDispose]();
});
