import type { AlertHold } from '../../schema/index.ts';
import { eachIntent } from './pipeline.ts';
import type { Intent, Stage } from './pipeline.ts';

/**
 * Says each thing once: a trigger that people know of becomes a repeat when one is due, or is held back. An alert that
 * was acknowledged is not repeated; one that was snoozed is, when the snooze is over. Groups repeat themselves.
 */
export function dedup(holds: ReadonlyMap<string, AlertHold> = new Map()): Stage {
  return eachIntent((intent, { tickMs }) => {
    const { announced, id } = intent.instance;
    const { manner } = intent;
    if (intent.kind === 'resolve')
      return manner.sendResolved === false && manner.group === null ? 'resolve_not_wanted' : intent;
    if (announced === null || announced.episodeId !== intent.episode.id) return intent;
    const hold = holds.get(id);
    if (hold?.acked?.episodeId === intent.episode.id) return 'acknowledged';
    const snoozedUntil = hold?.snoozed?.until ?? 0;
    const isReminded = snoozedUntil > announced.lastAt && snoozedUntil <= tickMs;
    const isRepeated = manner.group === null && tickMs - announced.lastAt >= manner.repeatMs;
    return isReminded || isRepeated ? asRepeat(intent) : 'already_announced';
  });
}

function asRepeat(intent: Intent): Intent {
  return { ...intent, kind: 'repeat' };
}
