import { z } from 'zod';
import type { Range, ResponseOf } from '../contract/index.ts';
import type { Query } from '../storage/types.ts';
import { and, during, windowOf, windowParams } from './sql.ts';
import { resolveRange, type QueryContext } from './time.ts';

/** Names of the metrics that had points in the range. */
export async function listMetrics(
  { storage, nowMs }: QueryContext,
  search: Range & { readonly service?: string | undefined },
): Promise<ResponseOf<'metrics'>> {
  const window = windowOf(resolveRange(search, nowMs), search.environment);
  return { metrics: [...(await storage.query(namesQuery, { ...window, service: search.service }))] };
}

const namesParams = windowParams.extend({ service: z.string().optional() });
const nameRow = z.object({
  name: z.string(),
  type: z.string(),
  unit: z.string(),
  description: z.string(),
  services: z.array(z.string()),
  series: z.number(),
});

const namesQuery: Query<z.infer<typeof namesParams>, z.infer<typeof nameRow>> = {
  name: 'metrics.names',
  sql: (params) => `SELECT
  m.name AS name,
  toString(any(m.type)) AS type,
  any(m.unit) AS unit,
  any(m.description) AS description,
  arraySort(groupUniqArray(50)(m.service)) AS services,
  uniqExact(m.series_id) AS series
FROM metric_points AS m
WHERE ${during('m.time')}${and(
    params.service !== undefined && 'm.service = {service:String}',
    params.environment !== undefined && 'm.environment = {environment:String}',
  )}
GROUP BY m.name
ORDER BY name
LIMIT 2000`,
  params: namesParams,
  row: nameRow,
};
