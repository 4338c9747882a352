import type { Logger } from 'pino';
import type { ReadOutcome } from './evaluate.ts';
import type { RulePlan } from './plan.ts';
import { readingGroupsMax } from './ports.ts';
import type { Count, MetricSource, Reading } from './ports.ts';

export interface ReadDependencies {
  /** Ends each reading by itself. */
  readonly source: MetricSource;
  readonly log: Logger;
  readonly count: Count;
}

const unending = new AbortController().signal;

/** Every window that the rule looks at, as of the tick. A window that cannot be read fails the whole outcome. */
export async function readRule(
  dependencies: ReadDependencies,
  plan: RulePlan,
  tickMs: number,
): Promise<ReadOutcome> {
  const { source } = dependencies;
  const toMs = tickMs - plan.delayMs;
  const { rule } = plan;
  const readWindow = async (windowMs: number): Promise<readonly [number, Reading]> => {
    const query = { signal: rule.signal, groupBy: rule.groupBy, fromMs: toMs - windowMs, toMs };
    return [windowMs, await source.read({ ...query, groupsMax: readingGroupsMax }, unending)];
  };
  try {
    const readings = new Map(await Promise.all(plan.windowsMs.map(readWindow)));
    const reading = readings.get(plan.windowMs);
    if (reading === undefined) throw new Error('the window of the rule was not read');
    return { kind: 'read', reading, more: readings };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    dependencies.count('reads_failed', 1);
    dependencies.log.warn({ rule: rule.uid, reason }, 'alert rule could not be read');
    return { kind: 'failed', reason };
  }
}
