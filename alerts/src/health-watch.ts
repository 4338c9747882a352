import { alertRule } from '../schema/index.ts';
import type { AlertKind } from '../schema/index.ts';
import { advance, openDraft } from './draft.ts';
import type { Draft } from './draft.ts';
import { planRule } from './plan.ts';
import type { RulePlan } from './plan.ts';
import { commitTurn } from './rule-turn.ts';
import type { Turn } from './rule-turn.ts';
import { within } from './within.ts';

/** The state of what is watched without a rule. */
export const healthUid = 'nightjar.health';
export const healthEveryMs = 15_000;
/** A restart of the database is no page. */
export const storeDownAfterMs = 60_000;
/** What was received is not queryable for so long. */
export const pipelineStaleAfterMs = 90_000;
const probeTimeoutMs = 5_000;

export interface HealthWatch {
  /** Why the store answers nobody; null while it does. */
  look(turn: Turn): Promise<string | null>;
}

type Probe =
  { readonly kind: 'up'; readonly watermarkMs: number } | { readonly kind: 'down'; readonly reason: string };

/** One alert for all rules when the store is down, and one when what arrives does not become queryable. */
export function createHealthWatch(): HealthWatch {
  const plan = healthPlan();
  // Nothing was wrong at the last look and nothing is stored: then a good look changes nothing.
  let isQuiet = false;
  return {
    async look(turn) {
      const probe = await ask(turn);
      if (probe === undefined) return null;
      const isWell = probe.kind === 'up' && turn.nowMs - probe.watermarkMs <= pipelineStaleAfterMs;
      if (!isWell || !isQuiet) isQuiet = (await judgeProbe({ turn, plan, probe })) && isWell;
      return probe.kind === 'down' ? probe.reason : null;
    },
  };
}

async function ask(turn: Turn): Promise<Probe | undefined> {
  const { source, count, log } = turn;
  if (source.health === undefined) return undefined;
  const timeoutMs = Math.min(probeTimeoutMs, turn.readTimeoutMs);
  try {
    const well = await within(timeoutMs, async (signal) => await source.health?.(signal));
    return well === undefined ? undefined : { kind: 'up', ...well };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    count('health_probes_failed', 1);
    log.warn({ reason }, 'the database does not answer the alert rules');
    return { kind: 'down', reason };
  }
}

/** True when nothing is under way after it. */
async function judgeProbe(given: {
  readonly turn: Turn;
  readonly plan: RulePlan;
  readonly probe: Probe;
}): Promise<boolean> {
  const { turn, plan, probe } = given;
  const stored = await turn.store.load(healthUid);
  const tickMs = Math.floor(turn.nowMs / healthEveryMs) * healthEveryMs;
  if (stored !== undefined && tickMs <= stored.tickMs) return false;
  const draft = openDraft(stored?.instances ?? []);
  const behindMs = probe.kind === 'up' ? turn.nowMs - probe.watermarkMs : 0;
  const watch = (kind: 'store_down' | 'pipeline_stale', seen: Pick<Judged, 'verdict' | 'reason'>) =>
    watchOne({ draft, plan, tickMs }, { kind, ...seen });
  watch('store_down', {
    verdict: probe.kind === 'down' ? 'breach' : 'ok',
    reason:
      probe.kind === 'down'
        ? `the database does not answer, no rule can be evaluated: ${probe.reason}`
        : 'the database answers',
  });
  watch('pipeline_stale', {
    verdict: probe.kind === 'down' ? 'unknown' : behindMs > pipelineStaleAfterMs ? 'breach' : 'ok',
    reason:
      behindMs > pipelineStaleAfterMs
        ? `what is received is ${Math.round(behindMs / 1_000)} s late in the database, rules wait for it`
        : 'what is received can be queried',
  });
  if (draft.instances.size === 0) return true;
  await commitTurn(turn, { uid: healthUid, plan, stored, draft, tickMs });
  return [...draft.instances.values()].every(({ phase, announced }) => {
    return phase.state === 'inactive' && announced === null;
  });
}

interface Judged {
  readonly kind: Extract<AlertKind, 'store_down' | 'pipeline_stale'>;
  readonly verdict: 'breach' | 'ok' | 'unknown';
  readonly reason: string;
}

function watchOne(
  context: { readonly draft: Draft; readonly plan: RulePlan; readonly tickMs: number },
  { kind, verdict, reason }: Judged,
): void {
  const isKnown = [...context.draft.instances.values()].some(({ condition }) => condition === kind);
  if (verdict !== 'breach' && !isKnown) return;
  const forMs = kind === 'store_down' ? storeDownAfterMs : 0;
  advance(
    context,
    {
      kind,
      condition: kind,
      group: {},
      severity: 'critical',
      op: null,
      threshold: null,
      unit: '',
      policy: { ...context.plan.errorPolicy, forMs },
    },
    { verdict, reason, value: null, samples: null },
  );
}

function healthPlan(): RulePlan {
  const rule = alertRule.parse({
    uid: 'health',
    name: 'Nightjar',
    signal: { kind: 'heartbeat' },
    schedule: { every: `${healthEveryMs}ms`, delay: '0s', window: '1m' },
  });
  return planRule({ ...rule, uid: healthUid });
}
