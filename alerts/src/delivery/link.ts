import type { Labels } from '../../schema/index.ts';

export interface LinkTarget {
  readonly labels: Labels;
  readonly ruleUid: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** The dashboard page that shows the alert's subject on the alert's window. */
export function dashboardLink(baseUrl: string, target: LinkTarget): string {
  const { service, operation, queue } = target.labels;
  const range = { from: String(target.fromMs), to: String(target.toMs) };
  const base = baseUrl.replace(/\/+$/, '');
  if (queue !== undefined) return `${base}/queues?${search({ ...range, queue })}`;
  if (service === undefined) return `${base}/alerts?${search({ ...range, rule: target.ruleUid })}`;
  const path = `${base}/services/${encodeURIComponent(service)}`;
  return `${path}?${search(operation === undefined ? range : { ...range, operation })}`;
}

/** The page of the episode: who was told, what explains it, and where it is acknowledged. */
export function episodeLink(
  baseUrl: string,
  { episodeId, fromMs, toMs }: Pick<LinkTarget, 'fromMs' | 'toMs'> & { readonly episodeId: string },
): string {
  const range = { from: String(fromMs), to: String(toMs) };
  const base = baseUrl.replace(/\/+$/, '');
  return `${base}/alerts/episodes/${encodeURIComponent(episodeId)}?${search(range)}`;
}

function search(params: Readonly<Record<string, string>>): string {
  return new URLSearchParams(params).toString();
}
