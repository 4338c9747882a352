import type { Instance } from '../../schema/index.ts';
import type { Draft } from '../draft.ts';
import { instanceKey } from '../draft.ts';
import { eventId } from '../ids.ts';
import type { OutboxRow } from '../ports.ts';
import { renderNotification } from './content.ts';
import type { Intent, Stage, StageContext } from './pipeline.ts';

export interface AnnounceInput {
  readonly draft: Draft;
  readonly stages: Stage;
  readonly context: Omit<StageContext, 'instances'>;
  readonly nowMs: number;
  readonly baseUrl: string;
}

/**
 * Compares how things stand with what people were told, and enqueues the difference. Looking at the last state only
 * makes one message of what happened in several missed ticks. Changes `announced` and `seq` in the draft.
 */
export function announce(input: AnnounceInput): OutboxRow[] {
  const { draft } = input;
  const instances = [...draft.instances.values()];
  const { pass } = input.stages(wanted(draft), { ...input.context, instances });
  const rows: OutboxRow[] = [];
  for (const intent of pass) {
    const told = tell(intent, input.context.tickMs);
    rows.push(...toRows({ ...intent, instance: told }, input));
    draft.instances.set(instanceKey(told.condition, told.group), told);
  }
  for (const [key, instance] of draft.instances) {
    if (instance.episode === null && instance.announced !== null)
      draft.instances.set(key, { ...instance, announced: null });
  }
  return rows;
}

function wanted(draft: Draft): Intent[] {
  return [...draft.instances.values()].flatMap((instance): Intent[] => {
    const plain = { instance, channels: [], isMissed: false };
    if (instance.phase.state === 'firing' && instance.episode !== null)
      return [{ ...plain, kind: 'trigger', episode: instance.episode }];
    if (instance.episode !== null) return [];
    const closing = draft.events.findLast(
      (it) => it.instanceId === instance.id && it.event.kind === 'resolve',
    );
    if (closing === undefined) return [];
    const isMissed =
      instance.announced === null &&
      draft.events.some((it) => it.instanceId === instance.id && it.event.kind === 'trigger');
    if (instance.announced === null && !isMissed) return [];
    return [{ ...plain, kind: 'resolve', episode: closing.episode, isMissed }];
  });
}

function tell(intent: Intent, tickMs: number): Instance {
  const { instance, episode, channels } = intent;
  const isRepeat = intent.kind === 'repeat' && instance.announced !== null;
  return {
    ...instance,
    seq: instance.seq + 1,
    announced: {
      episodeId: episode.id,
      firstAt: isRepeat ? instance.announced.firstAt : tickMs,
      lastAt: tickMs,
      channels: [...channels],
    },
  };
}

function toRows(intent: Intent, input: AnnounceInput): OutboxRow[] {
  const { instance, episode, channels, kind } = intent;
  const id = eventId({
    alert: instance,
    episodeStartMs: episode.firedAt,
    transition: kind,
    seq: instance.seq,
  });
  const notification = renderNotification(intent, {
    eventId: id,
    plan: input.context.plan,
    tickMs: input.context.tickMs,
    baseUrl: input.baseUrl,
  });
  return channels.map((channel) => ({
    id: `${id}:${channel}`,
    channel,
    dedupKey: notification.dedupKey,
    notification,
    createdAtMs: input.nowMs,
    notBeforeMs: input.nowMs,
  }));
}
