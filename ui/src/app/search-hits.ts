import type { Search } from '../lib/paths.ts';
import { paths } from '../lib/paths.ts';
import { pages } from './pages.ts';

export type Hit = Readonly<{ label: string; what: string; href: string }>;

const hitsMax = 12;

/** What a typed text may mean, the likeliest first. */
export function searchHits(text: string, services: readonly string[], search: Search): Hit[] {
  const typed = text.trim();
  const lower = typed.toLowerCase();
  const hits: Hit[] = [];
  if (/^[0-9a-f]{32}$/.test(lower)) {
    hits.push({ label: lower, what: 'Trace', href: paths.trace(search, lower) });
  }
  for (const service of services) {
    if (!service.toLowerCase().includes(lower)) continue;
    hits.push({ label: service, what: 'Service', href: paths.service(search, service) });
  }
  for (const { label, path } of pages) {
    if (label.toLowerCase().includes(lower)) hits.push({ label, what: 'Page', href: path(search) });
  }
  const shown = hits.slice(0, hitsMax);
  if (typed !== '') {
    shown.push({ label: `Logs that hold “${typed}”`, what: 'Logs', href: paths.logs(search, { q: typed }) });
  }
  return shown;
}
