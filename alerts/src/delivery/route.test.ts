import { expect, it } from 'vitest';
import type { AlertRuleInput } from '../../schema/index.ts';
import { openTimeline, scenarioRule } from '../test-support/timeline.ts';

type Part = Partial<AlertRuleInput>;
const condition = { severity: 'critical', threshold: 50 } as const;

it.each<[string, Part, string[]]>([
  ['names none: all', { conditions: [condition] }, ['hook', 'log', 'pager']],
  ['names some', { conditions: [condition], notify: { channels: ['log', 'hook'] } }, ['log', 'hook']],
  [
    'its condition names one',
    { conditions: [{ ...condition, channels: ['pager'] }], notify: { channels: ['log'] } },
    ['pager'],
  ],
  ['names one twice', { conditions: [condition], notify: { channels: ['log', 'log'] } }, ['log']],
  [
    'names one that is not there too',
    { conditions: [condition], notify: { channels: ['log', 'x'] } },
    ['log'],
  ],
  [
    'names only what is not there: all, an alert must not vanish',
    { conditions: [condition], notify: { channels: ['x'] } },
    ['hook', 'log', 'pager'],
  ],
])('a rule that %s', async (_name, part, channels) => {
  const timeline = openTimeline(scenarioRule(part), () => 60, ['hook', 'log', 'pager']);
  await timeline.tick(0);
  expect(timeline.rows().map(({ channel }) => channel)).toEqual(channels);
  expect(new Set(timeline.rows().map(({ notification }) => notification.eventId)).size).toBe(1);
});

it('a resolve goes where its trigger went, though the rule now names another channel', async () => {
  const rule = scenarioRule({ conditions: [condition], notify: { channels: ['hook'] } });
  const timeline = openTimeline(rule, (at) => (at < 1 ? 60 : 10), ['hook', 'log']);
  await timeline.tick(0);
  timeline.restart([{ ...rule, notify: { ...rule.notify, channels: ['log'] } }]);
  await timeline.tick(1);
  expect(timeline.rows().map(({ channel, notification }) => `${channel} ${notification.transition}`)).toEqual(
    ['hook trigger', 'hook resolve'],
  );
});

it('a repeat goes to those who know and to those the rule names now; the resolve then to both', async () => {
  const rule = scenarioRule({ conditions: [condition], notify: { channels: ['hook'], repeat: '1m' } });
  const timeline = openTimeline(rule, (at) => (at < 2 ? 60 : 10), ['hook', 'log']);
  await timeline.tick(0);
  timeline.restart([{ ...rule, notify: { ...rule.notify, channels: ['log'] } }]);
  await timeline.run(1, 2);
  expect(timeline.rows().map(({ channel, notification }) => `${channel} ${notification.transition}`)).toEqual(
    ['hook trigger', 'hook repeat', 'log repeat', 'hook resolve', 'log resolve'],
  );
});
