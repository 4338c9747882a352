import { z } from 'zod';
import type { Query } from '../storage/types.ts';
import { and, during, windowParams } from './sql.ts';

const params = windowParams.extend({ service: z.string().optional() });
const columns = { service: 'service', operation: 'operation' } as const;

/** Distinct findings of the window that nobody has accepted, a row a service or operation. */
export function findingsBy(
  key: keyof typeof columns,
): Query<z.infer<typeof params>, { readonly key: string; readonly findings: number }> {
  return {
    name: `findings.count_by_${key}`,
    sql: (given) => `SELECT
  ${columns[key]} AS key,
  uniqExact(finding_id) AS findings
FROM findings FINAL
WHERE ${during('start_time')}
  AND NOT is_retracted
  AND accepted = ''${and(
    given.environment !== undefined && 'environment = {environment:String}',
    given.service !== undefined && 'service = {service:String}',
  )}
GROUP BY key
LIMIT 20000`,
    params,
    row: z.object({ key: z.string(), findings: z.number() }),
  };
}
