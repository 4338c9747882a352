import { compileMatchers, subjectOf } from '@nightjar/alerts';
import type { AlertAction, Episode, Silence } from '@nightjar/alerts/schema';
import type { NoiseRow } from '../../contract/index.ts';

export interface NoiseInput {
  readonly episodes: readonly Episode[];
  readonly actions: readonly AlertAction[];
  readonly silences: readonly Silence[];
  /** Up to when open episodes count. */
  readonly toMs: number;
}

const shortMs = 120_000;
const minuteMs = 60_000;

/** Rules by pages, the loudest first. */
export function noiseRows({ episodes, actions, silences, toMs }: NoiseInput): NoiseRow[] {
  const touched = new Set(
    actions.flatMap(({ kind, episodeId }) =>
      (kind === 'ack' || kind === 'snooze') && episodeId !== null ? [episodeId] : [],
    ),
  );
  const muting = silences.map((silence) => ({ ...silence, matches: compileMatchers(silence.matchers) }));
  const isActedOn = (episode: Episode) =>
    touched.has(episode.id) ||
    muting.some(
      ({ startsAt, matches }) =>
        startsAt >= episode.firedAt && startsAt < endOf(episode, toMs) && matches(subjectOf(episode)),
    );
  const rows = new Map<string, NoiseRow>();
  for (const episode of episodes) {
    const { ruleUid, ruleName } = episode;
    const lengthMs = Math.max(0, endOf(episode, toMs) - episode.firedAt);
    const row = rows.get(ruleUid) ?? { ruleUid, ruleName, pages: 0, minutes: 0, short: 0, neverActedOn: 0 };
    rows.set(ruleUid, {
      ...row,
      pages: row.pages + 1,
      minutes: row.minutes + lengthMs / minuteMs,
      short: row.short + (episode.resolvedAt !== null && lengthMs < shortMs ? 1 : 0),
      neverActedOn: row.neverActedOn + (isActedOn(episode) ? 0 : 1),
    });
  }
  return [...rows.values()].sort((left, right) => right.pages - left.pages || right.minutes - left.minutes);
}

function endOf({ resolvedAt }: Episode, toMs: number): number {
  return Math.min(resolvedAt ?? toMs, toMs);
}
