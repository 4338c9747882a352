import { instantMs } from '../../contract/index.ts';
import type { Range } from '../../contract/index.ts';
import type { EndpointHandlers } from '../endpoint-handlers.ts';
import { alertsMax, episodesMax } from './desk.ts';
import type { AlertContext } from './desk.ts';
import { standing } from './standing.ts';

type Labelled = Readonly<{ labels: Readonly<Record<string, string>> }>;

/** What fires, what is about to, and what did. */
export function nowHandlers({ desk, now }: AlertContext): Pick<EndpointHandlers, 'alerts'> {
  return {
    async alerts({ query }) {
      const { store } = await desk;
      const [alerts, episodes, silences] = await Promise.all([
        store.listAlerts({ rowsMax: alertsMax }),
        store.listEpisodes({ ...boundsOf(query, now()), rowsMax: episodesMax }),
        store.listSilences(now()),
      ]);
      const isWanted = ofEnvironment(query.environment);
      const active = silences.filter(({ startsAt }) => startsAt <= now());
      return {
        alerts: standing(alerts.filter(isWanted), { silences: active }),
        episodes: episodes.filter(isWanted),
      };
    },
  };
}

export function boundsOf({ from, to }: Range, nowMs: number): { fromMs: number; toMs: number } {
  return { fromMs: instantMs(from, nowMs), toMs: instantMs(to, nowMs) };
}

export function ofEnvironment(environment: string | undefined): (it: Labelled) => boolean {
  return ({ labels }) => environment === undefined || (labels['environment'] ?? environment) === environment;
}
