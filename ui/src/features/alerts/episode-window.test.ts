import { expect, it } from 'vitest';
import { alertsAnswer } from '../../../dev/fixtures/alerts.ts';
import { episodeWindow } from './episode-window.ts';

const minuteMs = 60_000;
const now = 1_000 * minuteMs;

it.each([
  ['short', 900, 901, [895, 906]],
  ['of twelve minutes', 900, 912, [888, 924]],
  ['long', 400, 700, [370, 730]],
  ['just over', 980, 998, [962, 1_000]],
  ['open', 990, null, [980, 1_000]],
] as const)('shows of an episode that is %s what was around it', (_, from, to, [first, last]) => {
  const episode = alertsAnswer(now).episodes[0];
  if (episode === undefined) throw new Error('no episode');
  const given = { ...episode, activeAt: from * minuteMs, resolvedAt: to === null ? null : to * minuteMs };
  expect(episodeWindow(given, now)).toEqual({ fromMs: first * minuteMs, toMs: last * minuteMs });
});
