import type { Instance, Notification } from '../../schema/index.ts';
import type { Draft } from '../draft.ts';
import { instanceKey } from '../draft.ts';
import { eventId } from '../ids.ts';
import type { GroupNote, OutboxRow } from '../ports.ts';
import { renderNotification } from './content.ts';
import type { Intent, Stage, StageContext } from './pipeline.ts';
import { plainManner } from './route.ts';

export interface AnnounceInput {
  readonly draft: Draft;
  readonly stages: Stage;
  readonly context: Omit<StageContext, 'instances'>;
  readonly nowMs: number;
  readonly baseUrl: string;
}

export interface Announced {
  readonly outbox: readonly OutboxRow[];
  /** For the groups of alerts that are told together. */
  readonly groupNotes: readonly GroupNote[];
}

/**
 * Compares how things stand with what people were told, and enqueues the difference. Looking at the last state only
 * makes one message of what happened in several missed ticks. Changes `announced` and `seq` in the draft.
 */
export function announce(input: AnnounceInput): Announced {
  const { draft } = input;
  const instances = [...draft.instances.values()];
  const { pass, withheld } = input.stages(wanted(draft), { ...input.context, instances });
  const outbox: OutboxRow[] = [];
  const groupNotes: GroupNote[] = [];
  for (const intent of pass) {
    const told = tell(intent, input.context.tickMs);
    const message = messageOf({ ...intent, instance: told }, input);
    outbox.push(...toRows(message, input.nowMs));
    groupNotes.push(...toNotes(message, input.nowMs));
    draft.instances.set(instanceKey(told.condition, told.group), told);
  }
  for (const { intent } of withheld) {
    // A group must not go on telling of an alert whose end nobody is to hear of.
    if (intent.kind !== 'resolve' || intent.manner.group === null) continue;
    const quiet = toNotes(messageOf(intent, input), input.nowMs);
    groupNotes.push(...quiet.map((note) => ({ ...note, isQuiet: true })));
  }
  for (const [key, instance] of draft.instances) {
    if (instance.episode === null && instance.announced !== null)
      draft.instances.set(key, { ...instance, announced: null });
  }
  return { outbox, groupNotes };
}

function wanted(draft: Draft): Intent[] {
  return [...draft.instances.values()].flatMap((instance): Intent[] => {
    const plain = { instance, channels: [], manner: plainManner, isMissed: false };
    const hasFired = draft.events.some((it) => it.instanceId === instance.id && it.event.kind === 'trigger');
    // One that fired and began to recover in missed ticks was never seen firing; its end would be told of nothing.
    if (instance.episode !== null && (instance.phase.state === 'firing' || hasFired))
      return [{ ...plain, kind: 'trigger', episode: instance.episode }];
    if (instance.episode !== null) return [];
    const closing = draft.events.findLast(
      (it) => it.instanceId === instance.id && it.event.kind === 'resolve',
    );
    if (closing === undefined) return [];
    const isMissed = instance.announced === null && hasFired;
    if (instance.announced === null && !isMissed) return [];
    return [{ ...plain, kind: 'resolve', episode: closing.episode, isMissed }];
  });
}

function tell(intent: Intent, tickMs: number): Instance {
  const { instance, episode, channels, manner } = intent;
  const isRepeat = intent.kind === 'repeat' && instance.announced !== null;
  return {
    ...instance,
    seq: instance.seq + 1,
    announced: {
      episodeId: episode.id,
      firstAt: isRepeat ? instance.announced.firstAt : tickMs,
      lastAt: tickMs,
      channels: [...channels],
      group: manner.group,
    },
  };
}

interface Message {
  readonly intent: Intent;
  readonly notification: Notification;
}

function messageOf(intent: Intent, input: AnnounceInput): Message {
  const { instance, episode, kind } = intent;
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
  return { intent, notification };
}

function toRows({ intent, notification }: Message, nowMs: number): OutboxRow[] {
  const { group, alone } = intent.manner;
  const channels = intent.channels.filter((name) => group === null || alone.includes(name));
  return channels.map((channel) => ({
    id: `${notification.eventId}:${channel}`,
    channel,
    dedupKey: notification.dedupKey,
    notification,
    createdAtMs: nowMs,
    notBeforeMs: nowMs,
  }));
}

function toNotes({ intent, notification }: Message, nowMs: number): GroupNote[] {
  const { group, alone } = intent.manner;
  if (group === null) return [];
  return intent.channels
    .filter((name) => !alone.includes(name))
    .map((channel) => ({ ...group, channel, notification, atMs: nowMs }));
}
