// Promise: pure. What became of an alert while its messages could not be delivered, in as few messages as tell all of it.
import type { ListedAlert, Notification } from '../../schema/index.ts';
import type { Rewrite, WaitingRow } from '../ports.ts';
import { rebuildGroup } from './group-content.ts';
import { withText } from './message-text.ts';

export type Merge = Pick<Rewrite, 'kept' | 'absorbedIds'>;

/**
 * Looks at the open rows of one lane, oldest first, and says which of them take others in. An episode that began and
 * ended undelivered is one message; repeats behind it say nothing new; several such episodes are one. Undefined when
 * each row stands for itself. The kept row has not been attempted, or keeps its body.
 */
export function coalesce(lane: readonly WaitingRow[]): Merge | undefined {
  for (let index = 0; index + 1 < lane.length; index += 1) {
    const [first, second] = [lane[index], lane[index + 1]];
    if (first === undefined || second === undefined) return undefined;
    const merge = mergeTwo(first, second);
    if (merge !== undefined) return merge;
  }
  return undefined;
}

function mergeTwo(first: WaitingRow, second: WaitingRow): Merge | undefined {
  const { notification: earlier } = first;
  const { notification: later } = second;
  if (later.kind === 'watchdog') return { kept: second, absorbedIds: [first.id] };
  if (earlier.group !== null && later.group !== null)
    return { kept: { ...second, notification: joinGroups(earlier, later) }, absorbedIds: [first.id] };
  if (earlier.group !== null || later.group !== null) return undefined;
  const isSameEpisode = earlier.episodeId === later.episodeId;
  if (isSameEpisode && later.transition === 'resolve') {
    const isMissed = earlier.transition === 'trigger' || earlier.isMissed;
    return {
      kept: { ...second, notification: isMissed ? missed(later, 1) : later },
      absorbedIds: [first.id],
    };
  }
  if (isSameEpisode && later.transition === 'repeat') {
    // What is not yet known is no reminder.
    if (earlier.transition === 'trigger') return { kept: first, absorbedIds: [second.id] };
    if (earlier.transition === 'repeat') return { kept: second, absorbedIds: [first.id] };
  }
  if (earlier.isMissed && later.isMissed)
    return {
      kept: { ...second, notification: missed(later, timesOf(earlier) + timesOf(later)) },
      absorbedIds: [first.id],
    };
  return undefined;
}

function missed(notification: Notification, times: number): Notification {
  const often = times === 1 ? '' : ` ${times} times`;
  const note = `It fired and ended${often} while it could not be delivered; this is the only message.`;
  const notes = [note, ...notification.notes.filter((it) => !it.startsWith('It fired and ended'))];
  return withText({ ...notification, isMissed: true, notes });
}

function timesOf({ notes }: Notification): number {
  const said = notes
    .map((note) => /^It fired and ended (\d+) times /.exec(note)?.[1])
    .find((it) => it !== undefined);
  return said === undefined ? 1 : Number(said);
}

/** The later list, with the ends that only the earlier one told of. */
function joinGroups(earlier: Notification, later: Notification): Notification {
  const before = earlier.group?.alerts ?? [];
  const after = later.group?.alerts ?? [];
  const known = new Set(after.map(({ dedupKey }) => dedupKey));
  const untold = new Set(
    before.filter(({ transition }) => transition !== 'resolve').map(({ dedupKey }) => dedupKey),
  );
  const alerts: ListedAlert[] = [
    ...after.map((it) =>
      it.transition === 'resolve' && untold.has(it.dedupKey) && isNews(earlier)
        ? { ...it, isMissed: true }
        : it,
    ),
    ...before.filter((it) => it.transition === 'resolve' && !known.has(it.dedupKey)),
  ];
  return rebuildGroup(later, alerts);
}

// The first message of a group: nothing in it has been told before.
function isNews({ seq }: Notification): boolean {
  return seq === 1;
}
