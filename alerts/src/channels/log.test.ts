import { pino } from 'pino';
import { expect, it } from 'vitest';
import { notificationOf } from '../store-contract/samples.ts';
import { openChannel } from './open-channel.ts';
import { publicOnly } from './target-policy.ts';

const now = () => 0;

it.each([
  ['trigger', 'critical', 50],
  ['trigger', 'warning', 40],
  ['resolve', 'critical', 30],
] as const)('a %s that is %s is one line of level %d', async (transition, severity, level) => {
  const lines: string[] = [];
  const log = pino({ base: null }, { write: (line: string) => void lines.push(line) });
  const channel = openChannel({ kind: 'log', name: 'log' }, { log, now, policy: publicOnly });
  const message = notificationOf({ transition, severity });
  expect(await channel.send(message, AbortSignal.abort())).toEqual({ kind: 'delivered' });
  expect(lines.map((line): unknown => JSON.parse(line))).toMatchObject([
    { level, msg: 'alert', title: message.title, rule: 'rule', value: 2_000 },
  ]);
});
