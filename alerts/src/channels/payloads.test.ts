// What each channel posts, taken by a receiver and held against the limits its service publishes.
import { pino } from 'pino';
import { expect, it } from 'vitest';
import type { z } from 'zod';
import type { ChannelConfig, Notification } from '../../schema/index.ts';
import { at, notificationOf } from '../store-contract/samples.ts';
import {
  alertmanager,
  discord,
  ntfy,
  opsgenie,
  pagerDuty,
  slack,
  teams,
} from '../test-support/published-limits.ts';
import { grouped, rich } from '../test-support/rich-messages.ts';
import { openReceiver } from '../test-support/receiver.ts';
import type { Received } from '../test-support/receiver.ts';
import { openChannel } from './open-channel.ts';

interface Row {
  readonly kind: ChannelConfig['kind'];
  readonly config: (url: string) => ChannelConfig;
  readonly limits: z.ZodType;
  readonly bytesMax: number;
  readonly path: string;
  readonly headers?: object;
}
const name = 'ops';
const rows: readonly Row[] = [
  {
    kind: 'pagerduty',
    config: (url) => ({ kind: 'pagerduty', name, routingKey: 'key', url: `${url}/v2/enqueue` }),
    limits: pagerDuty,
    bytesMax: 512_000,
    path: '/v2/enqueue',
  },
  {
    kind: 'slack',
    config: (url) => ({ kind: 'slack', name, url }),
    limits: slack,
    bytesMax: 100_000,
    path: '/',
  },
  {
    kind: 'opsgenie',
    config: (url) => ({ kind: 'opsgenie', name, apiKey: 'key', url }),
    limits: opsgenie,
    bytesMax: 200_000,
    path: '/v2/alerts',
    headers: { authorization: 'GenieKey key' },
  },
  {
    kind: 'teams',
    config: (url) => ({ kind: 'teams', name, url }),
    limits: teams,
    bytesMax: 28_000,
    path: '/',
  },
  {
    kind: 'discord',
    config: (url) => ({ kind: 'discord', name, url }),
    limits: discord,
    bytesMax: 50_000,
    path: '/',
  },
  {
    kind: 'ntfy',
    config: (url) => ({ kind: 'ntfy', name, url, topic: 'on-call', token: 'tk' }),
    limits: ntfy,
    bytesMax: 10_000,
    path: '/',
    headers: { authorization: 'Bearer tk' },
  },
  {
    kind: 'alertmanager',
    config: (url) => ({ kind: 'alertmanager', name, url: `${url}/am/`, token: 'tk' }),
    limits: alertmanager,
    bytesMax: 200_000,
    path: '/am/api/v2/alerts',
    headers: { authorization: 'Bearer tk' },
  },
];

const long = (length: number) => '<@U1> & "ü"🚨\u0001\n'.repeat(length / 10);
const messages: readonly (readonly [string, Notification])[] = [
  ['plain', notificationOf({ runbook: 'https://wiki.example/x' })],
  ['info', notificationOf({ severity: 'info', transition: 'repeat', labels: {}, ruleUid: '' })],
  ['rich', rich],
  ['of a hundred alerts', grouped],
  [
    'huge in every part',
    notificationOf({
      ...rich,
      facts: Array.from({ length: 300 }, () => ({ name: long(2_000), value: long(9_000) })),
      notes: [long(90_000)],
      annotations: { summary: long(20_000), description: '' },
    }),
  ],
  [
    'huge',
    notificationOf({
      title: long(20_000),
      text: long(1_000_000),
      dedupKey: 'k'.repeat(1_000),
      ruleName: long(5_000),
      ruleUid: 'r'.repeat(300),
      url: `http://127.0.0.1:3400/${'x'.repeat(9_000)}`,
      runbook: `https://wiki.example/${'x'.repeat(9_000)}`,
      labels: { service: long(9_000), '1 odd-näme': 'x', empty: '', operation: long(9_000) },
    }),
  ],
];

it.each(rows.flatMap((row) => messages.map(([size, message]) => [row.kind, size, row, message] as const)))(
  '%s: a message that is %s keeps to the limits',
  async (_kind, _size, row, message) => {
    const request = await posted(row, message);
    expect(request).toMatchObject({ method: 'POST', path: row.path });
    expect(request.headers).toMatchObject({ 'content-type': 'application/json', ...row.headers });
    expect(Buffer.byteLength(request.body)).toBeLessThanOrEqual(row.bytesMax);
    expect(row.limits.safeParse(JSON.parse(request.body)).error?.issues).toBeUndefined();
    // JSON writes half a surrogate pair as an escape, and a whole one as it is.
    expect(request.body).not.toMatch(/\\ud[89a-f]/);
  },
);

it.each(rows)('$kind: says what is wrong, where, and how bad', async (row) => {
  expect((await posted(row, notificationOf())).body).toContain('p95 latency (service shop): 2,000 ms');
});

const resolve = notificationOf({ transition: 'resolve', resolvedAt: at + 60_000, dataAsOf: at + 60_000 });

it.each([
  ['pagerduty', '/v2/enqueue', { routing_key: 'key', dedup_key: 'a', event_action: 'resolve' }],
  ['opsgenie', '/v2/alerts/a/close?identifierType=alias', { source: 'Nightjar' }],
  ['alertmanager', '/am/api/v2/alerts', [{ endsAt: new Date(at + 60_000).toISOString() }]],
  ['discord', '/', { embeds: [{ color: 0x2e_a0_43 }] }],
  ['ntfy', '/', { priority: 3, tags: ['white_check_mark'] }],
])('%s: a resolve closes what the trigger opened', async (kind, path, body) => {
  const row = rows.find((it) => it.kind === kind);
  if (row === undefined) throw new Error(`no row ${kind}`);
  const request = await posted(row, resolve);
  expect(request.path).toBe(path);
  expect(JSON.parse(request.body)).toMatchObject(body);
});

it('Alertmanager gets the same labels with the resolve, and keeps an alert for days without it', async () => {
  const row = rows.find(({ kind }) => kind === 'alertmanager');
  if (row === undefined) throw new Error('no row');
  const [trigger] = alertmanager.parse(JSON.parse((await posted(row, notificationOf())).body));
  const [end] = alertmanager.parse(JSON.parse((await posted(row, resolve)).body));
  expect(trigger?.labels).toEqual({
    service: 'shop',
    alertname: 'p95 latency',
    severity: 'critical',
    rule_uid: 'rule',
    alert_kind: 'condition',
  });
  expect(end?.labels).toEqual(trigger?.labels);
  expect(Date.parse(trigger?.endsAt ?? '')).toBe(at + 7 * 86_400_000);
});

it('what a label says is no mark-up and calls nobody', async () => {
  const title = 'Critical: <!channel> @everyone [x](http://evil.example)';
  const message = notificationOf({ title, text: '@everyone **x** `y`\nDashboard: http://127.0.0.1/a_b' });
  const bodies = new Map<string, string>();
  for (const row of rows) bodies.set(row.kind, (await posted(row, message)).body);
  expect(slack.parse(JSON.parse(bodies.get('slack') ?? '')).text).toContain('&lt;!channel&gt;');
  const [embed] = discord.parse(JSON.parse(bodies.get('discord') ?? '')).embeds;
  expect(embed.description).toBe('@everyone \\*\\*x\\*\\* \\`y\\`\nDashboard: http://127.0.0.1/a_b');
  expect(bodies.get('teams')).not.toContain('"TextBlock"');
});

async function posted(row: Row, message: Notification): Promise<Received> {
  await using receiver = await openReceiver(() => ({ status: 200, body: 'ok' }));
  const log = pino({ level: 'silent' });
  const policy = { isPrivateAllowed: true, allowed: [] };
  const channel = openChannel(row.config(new URL(receiver.url).origin), { log, now: () => at, policy });
  const outcome = await channel.send(message, AbortSignal.timeout(5_000));
  const [request] = receiver.received;
  if (outcome.kind !== 'delivered' || request === undefined) throw new Error(JSON.stringify(outcome));
  return request;
}
