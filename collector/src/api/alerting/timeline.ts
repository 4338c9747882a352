import type { Delivery } from '@nightjar/alerts';
import type { AlertAction, Episode, Silence } from '@nightjar/alerts/schema';
import type { TimelineEntry } from '../../contract/index.ts';

export interface TimelineInput {
  readonly episode: Episode;
  readonly deliveries: readonly Delivery[];
  readonly actions: readonly AlertAction[];
  /** Those that match the alert and hold, or held, while it fired; with when they began to. */
  readonly silences: readonly { readonly silence: Silence; readonly fromMs: number }[];
  readonly releases: readonly { readonly release: string; readonly firstSeenMs: number }[];
}

/** What happened, oldest first, each in one sentence. */
export function timelineOf(input: TimelineInput): TimelineEntry[] {
  const { episode, deliveries, actions, silences, releases } = input;
  const service = episode.labels['service'];
  return [
    ...releases.map(({ release, firstSeenMs }) =>
      entry(firstSeenMs, 'release', `release ${release}${service === undefined ? '' : ` of ${service}`}`),
    ),
    ...ownEntries(episode),
    ...silences.map(({ silence, fromMs }) => entry(fromMs, 'silenced', silencedText(silence))),
    ...actions.map(({ at, kind, ...action }) =>
      entry(
        at,
        kind === 'ack' || kind === 'unack' ? 'acknowledged' : 'snoozed',
        actionText({ at, kind, ...action }),
      ),
    ),
    ...deliveries.flatMap(deliveryEntries),
  ].sort((left, right) => left.at - right.at);
}

function entry(at: number, kind: TimelineEntry['kind'], text: string): TimelineEntry {
  return { at, kind, text };
}

function ownEntries(episode: Episode): TimelineEntry[] {
  const { activeAt, firedAt, resolvedAt, resolveReason, samples } = episode;
  const bound =
    episode.threshold === null
      ? ''
      : ` (${episode.op ?? ''} ${numberText(episode.threshold)} ${episode.unit})`;
  const value = episode.value === null ? '' : ` at ${numberText(episode.value)} ${episode.unit}`.trimEnd();
  const many = samples === null ? '' : ` in ${samples} ${samples === 1 ? 'sample' : 'samples'}`;
  const entries = [entry(firedAt, 'firing', `fired${value}${bound}${many}`)];
  if (activeAt < firedAt) entries.unshift(entry(activeAt, 'pending', pendingText(episode)));
  if (resolvedAt !== null) {
    const why =
      resolveReason === null || resolveReason === 'ok'
        ? 'it is good again'
        : resolveReason.replaceAll('_', ' ');
    entries.push(entry(resolvedAt, 'resolved', `resolved: ${why}`));
  }
  return entries;
}

function pendingText({ kind }: Episode): string {
  return kind === 'condition' ? 'went beyond the threshold: pending' : 'began: pending';
}

function silencedText({ name, by, reason }: Silence): string {
  const what = name === '' ? `a silence of ${by}` : name;
  return `${what} holds the messages back${reason === '' ? '' : `: ${reason}`}`;
}

function actionText({ kind, by, note, at, until, source }: AlertAction): string {
  const who = source === 'pagerduty' ? `${by} (PagerDuty)` : by;
  const why = note === '' ? '' : `: ${note}`;
  switch (kind) {
    case 'ack':
      return `${who} acknowledged it${why}`;
    case 'unack':
      return `${who} took the acknowledgement back${why}`;
    case 'snooze':
      return `${who} snoozed it for ${minutesText((until ?? at) - at)}${why}`;
    case 'unsnooze':
      return `${who} ended the snooze${why}`;
    default:
      return assertNever(kind);
  }
}

function deliveryEntries(delivery: Delivery): TimelineEntry[] {
  const { channel, status, attempts, reason, createdAtMs, settledAtMs, notification } = delivery;
  const what = `(${notification.transition})`;
  const why = reason === null ? '' : `: ${reason}`;
  switch (status) {
    case 'delivered':
      return [entry(settledAtMs ?? createdAtMs, 'delivered', `${channel} was told ${what}`)];
    case 'dead':
      return [
        entry(settledAtMs ?? createdAtMs, 'failed', `${channel} could not be told ${what}, given up${why}`),
      ];
    case 'pending':
      return attempts === 0
        ? []
        : [entry(createdAtMs, 'failed', `${channel} could not be told ${what} yet${why}`)];
    case 'absorbed':
      return [];
    default:
      return assertNever(status);
  }
}

function minutesText(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  return minutes >= 120 ? `${Number((minutes / 60).toPrecision(3))} h` : `${minutes} min`;
}

function numberText(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function assertNever(value: never): never {
  throw new Error(`unreachable ${String(value)}`);
}
