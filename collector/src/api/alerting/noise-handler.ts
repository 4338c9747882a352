import type { EndpointHandlers } from '../endpoint-handlers.ts';
import type { AlertContext } from './desk.ts';
import { boundsOf, ofEnvironment } from './now-handlers.ts';
import { noiseRows } from './noise.ts';

/** Episodes and actions one report looks at. */
export const noiseEpisodesMax = 10_000;
const noiseActionsMax = 20_000;

export function noiseHandler({ desk, now }: AlertContext): Pick<EndpointHandlers, 'noise'> {
  return {
    async noise({ query }) {
      const { store } = await desk;
      const { fromMs, toMs } = boundsOf(query, now());
      const [episodes, actions, silences] = await Promise.all([
        store.listEpisodes({ fromMs, toMs, rowsMax: noiseEpisodesMax }),
        store.listActions({ fromMs, toMs, rowsMax: noiseActionsMax }),
        store.listSilences(fromMs),
      ]);
      // An episode belongs to the week in which it fired.
      const fired = episodes.filter((it) => it.firedAt >= fromMs && ofEnvironment(query.environment)(it));
      return {
        rows: noiseRows({ episodes: fired, actions, silences, toMs: Math.min(toMs, now()) }),
        isPartial: episodes.length >= noiseEpisodesMax || actions.length >= noiseActionsMax,
      };
    },
  };
}
