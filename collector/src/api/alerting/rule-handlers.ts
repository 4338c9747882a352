import type { EndpointHandlers } from '../endpoint-handlers.ts';
import { alertsMax, episodesMax } from './desk.ts';
import type { AlertContext } from './desk.ts';
import { ruleFacts } from './rule-facts.ts';

/** How far back a rule's last episode is looked for. */
const lastFiredWithinMs = 90 * 86_400_000;

export function ruleHandlers({ desk, now }: AlertContext): Pick<EndpointHandlers, 'rules'> {
  return {
    async rules() {
      const { store, listRules } = await desk;
      const { rules, problems, sourceOf } = listRules();
      const [alerts, episodes] = await Promise.all([
        store.listAlerts({ rowsMax: alertsMax }),
        store.listEpisodes({ fromMs: now() - lastFiredWithinMs, toMs: now() + 1, rowsMax: episodesMax }),
      ]);
      const facts = ruleFacts({ rules, alerts, episodes, sourceOf });
      return { rules: [...rules], facts, problems };
    },
  };
}
