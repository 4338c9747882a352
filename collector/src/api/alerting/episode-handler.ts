import { compileMatchers, occurrencesOf, recurrenceProblem, subjectOf } from '@nightjar/alerts';
import type { AlertStore, Delivery as StoredDelivery } from '@nightjar/alerts';
import type { Episode, Silence } from '@nightjar/alerts/schema';
import type { Delivery, EpisodeDetail } from '../../contract/index.ts';
import { ApiFailure } from '../../errors.ts';
import type { EndpointHandlers } from '../endpoint-handlers.ts';
import type { AlertContext } from './desk.ts';
import { readDoings, standing } from './standing.ts';
import { timelineOf } from './timeline.ts';

const deliveriesMax = 200;
const actionsShownMax = 200;
/** A release explains what begins up to so long after it. */
const releaseBeforeMs = 3_600_000;

export function episodeHandler({ desk, now, releases }: AlertContext): Pick<EndpointHandlers, 'episode'> {
  return {
    async episode({ params }): Promise<EpisodeDetail> {
      const { store, listRules } = await desk;
      const episode = await store.findEpisode(params.id);
      if (episode === undefined) throw new ApiFailure('no_such_record', `There is no episode ${params.id}.`);
      const endMs = episode.resolvedAt ?? now();
      const { service } = episode.labels;
      const [deliveries, actions, silences, released, alert, doings] = await Promise.all([
        store.listDeliveries({ episodeId: episode.id, rowsMax: deliveriesMax }),
        store.listActions({ episodeId: episode.id, rowsMax: actionsShownMax }),
        silencesDuring(store, { episode, endMs }),
        service === undefined
          ? []
          : releases({ service, fromMs: episode.activeAt - releaseBeforeMs, toMs: endMs }),
        store.findAlert(episode.alertId),
        readDoings(store, now()),
      ]);
      const rule = listRules().rules.find(({ uid }) => uid === episode.ruleUid);
      const [current] = standing(alert === undefined ? [] : [alert], doings);
      return {
        episode,
        alert: current ?? null,
        hasRule: rule !== undefined,
        runbook: rule?.runbook ?? null,
        timeline: timelineOf({ episode, deliveries, actions, silences, releases: released }),
        deliveries: deliveries.map(deliveryOf).toSorted((left, right) => left.createdAt - right.createdAt),
        evidence: evidenceOf(deliveries),
      };
    },
  };
}

type During = Readonly<{ episode: Episode; endMs: number }>;

async function silencesDuring(store: AlertStore, { episode, endMs }: During) {
  const { firedAt } = episode;
  const subject = subjectOf(episode);
  const found: { silence: Silence; fromMs: number }[] = [];
  for (const silence of await store.listSilences(firedAt)) {
    if (!compileMatchers(silence.matchers)(subject) || recurrenceProblem(silence) !== undefined) continue;
    const [first] = occurrencesOf(silence, { fromMs: firedAt, toMs: endMs, rowsMax: 1 });
    if (first !== undefined) found.push({ silence, fromMs: Math.max(first.startMs, firedAt) });
  }
  return found;
}

function deliveryOf(stored: StoredDelivery): Delivery {
  const isOpen = stored.status === 'pending';
  return {
    channel: stored.channel,
    transition: stored.notification.transition,
    status: stored.status,
    attempts: stored.attempts,
    createdAt: stored.createdAtMs,
    settledAt: stored.settledAtMs,
    nextAttemptAt: isOpen && stored.attempts > 0 ? stored.notBeforeMs : null,
    reason: stored.reason,
  };
}

/** Of the first message that had any. */
function evidenceOf(latestFirst: readonly StoredDelivery[]): EpisodeDetail['evidence'] {
  return (
    latestFirst.findLast(({ notification }) => notification.evidence !== null)?.notification.evidence ?? null
  );
}
