import { fingerprint } from '../ids.ts';
import { eachIntent } from './pipeline.ts';
import type { Intent, Stage, StageContext } from './pipeline.ts';

/** While a condition fires, those below it in the same group keep quiet; their resolves still pass. */
export const worstFirst: Stage = eachIntent((intent, context) =>
  intent.kind !== 'resolve' && hasWorse(intent, context) ? 'worse_condition_fires' : intent,
);

function hasWorse({ instance }: Intent, { plan, instances }: StageContext): boolean {
  if (plan === null || instance.alert.kind !== 'condition') return false;
  const rank = plan.conditions.findIndex(({ key }) => key === instance.condition);
  const worse = new Set<string>(plan.conditions.slice(0, Math.max(0, rank)).map(({ key }) => key));
  if (worse.size === 0) return false;
  const group = fingerprint(instance.group);
  return instances.some(
    (it) => worse.has(it.condition) && it.episode !== null && fingerprint(it.group) === group,
  );
}
