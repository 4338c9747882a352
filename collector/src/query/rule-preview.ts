import { previewRule } from '@nightjar/alerts';
import type { MetricSource } from '@nightjar/alerts';
import type { AlertRule, RulePreview } from '@nightjar/alerts/schema';
import type { PreviewRequest } from '../contract/index.ts';
import type { Storage } from '../storage/types.ts';
import { createRangeSource } from './range/range-source.ts';
import { resolveRange } from './time.ts';

export interface RulePreviewerOptions {
  readonly storage: Storage;
  readonly source: MetricSource;
  readonly now: () => number;
}

export type PreviewAnswer =
  | { readonly kind: 'preview'; readonly preview: RulePreview }
  /** As many are waiting as may. */
  | { readonly kind: 'busy' };

export type RulePreviewer = (
  rule: AlertRule,
  request: Omit<PreviewRequest, 'rule'>,
) => Promise<PreviewAnswer>;

export const previewTimeoutMs = 60_000;
/** A preview holds the values of its range in memory: one at a time, these wait. */
export const previewsWaitingMax = 4;

/** What a rule would have done; rejects when the data cannot be read in time. */
export function createRulePreviewer({ storage, source, now }: RulePreviewerOptions): RulePreviewer {
  const range = createRangeSource({ storage, source });
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();

  return async (rule, { from, to, explain }) => {
    if (waiting >= previewsWaitingMax) return { kind: 'busy' };
    waiting += 1;
    const turn = inTurn(last, async () => {
      const signal = AbortSignal.timeout(previewTimeoutMs);
      const request = { rule, explain, ...resolveRange({ from, to }, now()) };
      return await previewRule(request, { source: range, signal });
    });
    last = turn;
    try {
      return { kind: 'preview', preview: await turn };
    } finally {
      waiting -= 1;
    }
  };
}

async function inTurn<T>(before: Promise<unknown>, work: () => Promise<T>): Promise<T> {
  await before.catch(() => undefined);
  return await work();
}
