import { expect, it } from 'vitest';
import type { AlertRuleInput } from '../schema/index.ts';
import { openDraft } from './draft.ts';
import type { Draft } from './draft.ts';
import { evaluateTick } from './evaluate.ts';
import { groupForgottenAfterMs } from './groups.ts';
import { planRule } from './plan.ts';
import { scenarioRule } from './test-support/timeline.ts';

const minuteMs = 60_000;
const startMs = 1_800_000_000_000;

/** What the source answers after so many minutes; each group with its value, which is its volume too. */
interface Look {
  readonly after: number;
  readonly groups?: Readonly<Record<string, number>>;
  readonly isTruncated?: boolean;
  readonly isFailed?: boolean;
}

function watch(part: Partial<AlertRuleInput>, looks: readonly Look[]): Draft {
  const rule = scenarioRule({
    groupBy: ['pod'],
    conditions: [{ severity: 'critical', threshold: 50 }],
    ...part,
  });
  const draft = openDraft([]);
  for (const { after, groups = {}, isTruncated = false, isFailed = false } of looks) {
    const tickMs = startMs + after * minuteMs;
    const reading = {
      watermarkMs: tickMs,
      truncated: isTruncated,
      groups: Object.entries(groups).map(([pod, value]) => ({ labels: { pod }, value, samples: value })),
    };
    evaluateTick(
      { draft, plan: planRule(rule), tickMs },
      isFailed ? { kind: 'failed', reason: 'away' } : { kind: 'read', reading },
    );
  }
  return draft;
}

/** The alerts that a commit would keep, as `condition pod state`. */
function kept(draft: Draft): string[] {
  return [...draft.instances.values()]
    .filter(({ id }) => !draft.removedIds.has(id))
    .map(({ condition, group, phase }) => `${condition} ${group['pod'] ?? '-'} ${phase.state}`)
    .sort();
}

const events = (draft: Draft) =>
  draft.events.map(({ event }) => (event.kind === 'resolve' ? `resolve ${event.reason}` : event.kind));

const forgottenAfter = groupForgottenAfterMs / minuteMs;

it('a group that is forgotten and comes back while ticks are made up for is kept', () => {
  const draft = watch({ groups: { max: 1 } }, [
    { after: 0, groups: { a: 10 } },
    { after: 1, groups: { b: 10 } },
    { after: 2, groups: { a: 60 } },
  ]);
  expect(kept(draft)).toEqual(['critical a firing']);
});

it('a firing group that sends nothing is not pushed out by one that does', () => {
  const draft = watch({ groups: { max: 1 } }, [
    { after: 0, groups: { a: 60 } },
    { after: 1, groups: { b: 10 } },
  ]);
  expect(kept(draft)).toEqual(['critical a firing', 'critical b inactive']);
});

it('a group that is there but not watched for want of room has data all the same', () => {
  const draft = watch({ groups: { max: 2 }, onNoData: { action: 'alert', after: '0s', scope: 'group' } }, [
    { after: 0, groups: { small: 10 } },
    { after: 1, groups: { small: 10, x: 20, y: 20 } },
  ]);
  expect(events(draft)).toEqual(['trigger']);
  expect(kept(draft)).toContain('group_overflow - firing');
});

it('a group whose absence was noticed is watched again when it is back, however small', () => {
  const draft = watch({ groups: { max: 2 }, onNoData: { action: 'alert', after: '0s', scope: 'group' } }, [
    { after: 0, groups: { small: 10, x: 20 } },
    { after: 1, groups: { x: 20 } },
    { after: 2, groups: { small: 10, x: 20, y: 20 } },
  ]);
  expect(events(draft)).toEqual(['trigger', 'resolve ok', 'trigger']);
});

it('what is missing from a reading that was cut short may be in the rest', () => {
  const looks = (isTruncated: boolean) => [
    { after: 0, groups: { a: 60 } },
    { after: 1, groups: { b: 10 }, isTruncated },
    { after: 2, groups: { b: 10 }, isTruncated },
  ];
  const rule: Partial<AlertRuleInput> = { onNoData: { staleResolve: '1m' } };
  expect(events(watch(rule, looks(true)))).toEqual(['trigger']);
  expect(events(watch(rule, looks(false)))).toEqual(['trigger', 'resolve stale']);
});

it('a group that was silent for a day is forgotten, and its no-data alert ends', () => {
  const onNoData = { action: 'alert', after: '5m', scope: 'group' } as const;
  const looks = [
    { after: 0, groups: { a: 10, b: 10 } },
    { after: 1, groups: { b: 10 } },
    { after: 6, groups: { b: 10 } },
    { after: forgottenAfter - 1, groups: { b: 10 } },
  ];
  expect(kept(watch({ onNoData }, looks))).toContain('no_data a firing');
  const draft = watch({ onNoData }, [...looks, { after: forgottenAfter, groups: { b: 10 } }]);
  expect(kept(draft)).toEqual(['critical b inactive', 'no_data b inactive']);
  expect(events(draft)).toEqual(['trigger', 'resolve stale']);
});

it('a day of failing queries forgets nothing', () => {
  const draft = watch({}, [
    { after: 0, groups: { a: 60 } },
    { after: forgottenAfter + 1, isFailed: true },
  ]);
  expect(kept(draft)).toContain('critical a firing');
});
