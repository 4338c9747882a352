import type { Matcher } from '@nightjar/collector/contract';

export const matcherOps = ['=', '!=', '=~', '!~'] as const satisfies readonly Matcher['op'][];

/** `service="shop", operation=~"GET .*"`: as people of Prometheus write them, and as an address holds them. */
export function matchersText(matchers: readonly Matcher[]): string {
  return matchers.map(({ label, op, value }) => `${label}${op}${JSON.stringify(value)}`).join(', ');
}

const form = /\s*([^\s=!~",]+)\s*(=~|!~|!=|=)\s*("(?:[^"\\]|\\.)*")\s*(,|$)/y;

/** What `matchersText` wrote; undefined when the text is something else. */
export function parseMatchers(text: string): Matcher[] | undefined {
  const matchers: Matcher[] = [];
  form.lastIndex = 0;
  while (form.lastIndex < text.length) {
    const found = form.exec(text);
    const op = matcherOps.find((one) => one === found?.[2]);
    if (found === null || op === undefined) return undefined;
    const value = unquote(found[3] ?? '""');
    if (value === undefined) return undefined;
    matchers.push({ label: found[1] ?? '', op, value });
  }
  return matchers;
}

/** Exactly these labels. */
export function matchersOf(labels: Readonly<Record<string, string>>): Matcher[] {
  return Object.entries(labels).map(([label, value]) => ({ label, op: '=', value }));
}

function unquote(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
