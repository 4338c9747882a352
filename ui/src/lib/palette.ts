/** How many `--series-n` tokens there are. */
export const seriesColors = 8;

/** The colour of a service: a token chosen by a hash of its name, the same on every page and in every session. */
export function serviceColor(service: string): string {
  return `var(--series-${fnv1a(service) % seriesColors})`;
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  // The low bits of FNV-1a are weak on short names.
  return (hash ^ (hash >>> 15)) >>> 0;
}

export type Category = 'database' | 'cache' | 'http' | 'queue' | 'app';

export function categoryColor(category: Category): string {
  return `var(--category-${category})`;
}

const cacheSystems = new Set(['redis', 'memcached', 'valkey']);

/** What a span spends its time on, from its attributes (new or old names). */
export function categoryOf(
  attributes: Readonly<Record<string, string | number | boolean>>,
  kind: string,
): Category {
  const system = attributes['db.system.name'] ?? attributes['db.system'];
  if (typeof system === 'string') return cacheSystems.has(system) ? 'cache' : 'database';
  if (attributes['messaging.system'] !== undefined || kind === 'producer' || kind === 'consumer')
    return 'queue';
  const isHttp = attributes['http.request.method'] !== undefined || attributes['http.method'] !== undefined;
  return isHttp && kind === 'client' ? 'http' : 'app';
}
