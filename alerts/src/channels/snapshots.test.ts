// What people see, whole. A change here is a change of every page that is sent.
import { expect, it } from 'vitest';
import { withText } from '../delivery/message-text.ts';
import { at, notificationOf } from '../store-contract/samples.ts';
import { rich } from '../test-support/rich-messages.ts';
import { discordBody } from './discord.ts';
import { mailHtml } from './email-html.ts';
import { triggerBody } from './pagerduty.ts';
import { slackBody } from './slack.ts';
import { teamsBody } from './teams.ts';

const resolved = notificationOf({
  transition: 'resolve',
  title: 'Resolved: p95 latency (service shop) after 5 min',
  facts: [
    { name: 'Fired', value: '2027-01-15 08:00 UTC, ended: 2027-01-15 08:05 UTC' },
    { name: 'Why it ended', value: 'the value is back' },
  ],
  resolvedAt: at + 300_000,
});
const shown = (body: string): unknown => JSON.parse(body);

it.each([
  ['a page with all its evidence', rich],
  ['a resolve', resolved],
] as const)('%s', (_name, message) => {
  expect(withText(message).text).toMatchSnapshot('plain text');
  expect(shown(slackBody(message))).toMatchSnapshot('Slack');
  expect(shown(teamsBody(message))).toMatchSnapshot('Teams');
  expect(shown(discordBody(message))).toMatchSnapshot('Discord');
  expect(mailHtml(message)).toMatchSnapshot('HTML mail');
});

it('a page to PagerDuty', () => {
  expect(shown(triggerBody(rich, 'key'))).toMatchSnapshot();
});

it('what is in a label is text in HTML', () => {
  const html = mailHtml(
    notificationOf({
      title: '<script>alert(1)</script>',
      facts: [{ name: 'Where', value: '"><img src=x onerror=alert(1)>' }],
      url: 'javascript:alert(1)',
      runbook: 'https://wiki.example/"onclick="x',
    }),
  );
  expect(html).not.toMatch(/<script|<img|href="javascript|"onclick=/i);
});
