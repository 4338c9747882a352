import { eachIntent } from './pipeline.ts';
import type { Stage } from './pipeline.ts';

/** Says each thing once: a trigger that people know of becomes a repeat when one is due, or is held back. */
export const dedup: Stage = eachIntent((intent, { plan, tickMs }) => {
  const { announced } = intent.instance;
  if (intent.kind === 'resolve')
    return plan?.rule.notify.sendResolved === false ? 'resolve_not_wanted' : intent;
  if (announced === null || announced.episodeId !== intent.episode.id) return intent;
  const repeatMs = plan?.repeatMs ?? Number.POSITIVE_INFINITY;
  return tickMs - announced.lastAt >= repeatMs ? { ...intent, kind: 'repeat' } : 'already_announced';
});
