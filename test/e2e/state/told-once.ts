import type { AlertStore } from '@nightjar/alerts';
import { rules } from './evaluator.ts';

const rowsMax = 10_000;

/** How many messages each closed episode of the ungrouped rules has, by transition; `1 trigger, 1 resolve` is right. */
export async function saidOfEpisodes(store: AlertStore): Promise<ReadonlyMap<string, string>> {
  const ungrouped = new Set(rules.filter(({ notify }) => notify.groupBy === undefined).map(({ uid }) => uid));
  const episodes = await store.listEpisodes({ fromMs: 0, toMs: Number.MAX_SAFE_INTEGER, rowsMax });
  const rows = await store.listDeliveries({ rowsMax });
  const said = new Map<string, string>();
  for (const { id, ruleUid, resolvedAt } of episodes) {
    if (resolvedAt === null || !ungrouped.has(ruleUid)) continue;
    const own = rows.filter(({ notification }) => notification.episodeId === id);
    const countOf = (transition: string) =>
      own.filter(({ notification }) => notification.transition === transition).length;
    said.set(id, `${countOf('trigger')} trigger, ${countOf('resolve')} resolve`);
  }
  return said;
}

/** What groups told of each alert's end, as `episode transition`; each may come once. */
export async function saidInGroups(store: AlertStore): Promise<string[]> {
  const rows = await store.listDeliveries({ rowsMax });
  return rows.flatMap(({ notification: { group } }) =>
    (group?.alerts ?? []).map(({ episodeId, transition }) => `${episodeId} ${transition}`),
  );
}
