import type { AlertAction, Episode } from '@nightjar/alerts/schema';
import { silence } from '@nightjar/alerts/schema';
import { expect, it } from 'vitest';
import { noiseRows } from './noise.ts';

const minuteMs = 60_000;
const episode = (id: string, ruleUid: string, [from, to]: readonly [number, number | null]): Episode => ({
  id,
  alertId: id,
  ruleUid,
  ruleName: ruleUid,
  kind: 'condition',
  labels: { service: id },
  severity: 'warning',
  op: '>',
  threshold: 1,
  unit: '',
  value: 2,
  samples: 3,
  activeAt: from * minuteMs,
  firedAt: from * minuteMs,
  resolvedAt: to === null ? null : to * minuteMs,
  resolveReason: to === null ? null : 'ok',
});
const ack: AlertAction = {
  id: 'x',
  alertId: 'b',
  episodeId: 'b',
  kind: 'ack',
  at: 0,
  until: null,
  by: 'ada',
  note: '',
  source: 'dashboard',
};

it('ranks rules by pages, and tells what nobody acted on', () => {
  const muted = silence.parse({
    id: 's',
    matchers: [{ label: 'service', value: 'd' }],
    startsAt: 41 * minuteMs,
    endsAt: 99 * minuteMs,
    by: 'ada',
    reason: '',
  });
  const rows = noiseRows({
    episodes: [
      episode('a', 'loud', [0, 1]),
      episode('b', 'loud', [10, 20]),
      episode('c', 'loud', [30, 31.5]),
      episode('d', 'long', [40, null]),
    ],
    actions: [ack, { ...ack, id: 'y', episodeId: 'c', kind: 'unack' }],
    silences: [muted],
    toMs: 100 * minuteMs,
  });
  expect(rows).toEqual([
    { ruleUid: 'loud', ruleName: 'loud', pages: 3, minutes: 12.5, short: 2, neverActedOn: 2 },
    { ruleUid: 'long', ruleName: 'long', pages: 1, minutes: 60, short: 0, neverActedOn: 0 },
  ]);
});
