import type { Member } from './group.ts';
import { numberOf, textOf } from './attribute-reader.ts';
import { compare } from './scope.ts';
import type { Node } from './scope.ts';
import type { CallSite, DetectSpan } from './types.ts';

const SITED_MEMBERS_MAX = 200;

export interface SharedSite {
  readonly site: CallSite;
  /** Every call that names a site names this one. */
  readonly isUnanimous: boolean;
}

/** The line most of the calls come from. The agent captures a few of them only, so those without one do not vote. */
export function sharedSite(members: readonly Member[]): SharedSite | undefined {
  const votes = new Map<string, { site: CallSite; count: number }>();
  for (const { node, call } of members.slice(0, SITED_MEMBERS_MAX)) {
    const site = siteOf(node.span) ?? siteOfTag(call.shape?.tags['file']);
    if (site !== undefined) vote(votes, site);
  }
  if (votes.size === 0) {
    for (const { node } of members.slice(0, SITED_MEMBERS_MAX)) {
      const site = ancestorSite(node);
      if (site !== undefined) vote(votes, site);
    }
  }
  const best = [...votes.entries()].sort(([a, x], [b, y]) => y.count - x.count || compare(a, b))[0];
  return best === undefined ? undefined : { site: best[1].site, isUnanimous: votes.size === 1 };
}

function vote(votes: Map<string, { site: CallSite; count: number }>, site: CallSite): void {
  const key = `${site.file}:${String(site.line).padStart(7, '0')}:${site.function}`;
  const known = votes.get(key);
  if (known === undefined) votes.set(key, { site, count: 1 });
  else known.count++;
}

function siteOf(span: DetectSpan): CallSite | undefined {
  const file = textOf(span.attributes, 'codeFile');
  if (file === '') return undefined;
  const name = textOf(span.attributes, 'codeFunction');
  const namespace = textOf(span.attributes, 'codeNamespace');
  return {
    file,
    line: numberOf(span.attributes, 'codeLine') ?? 0,
    function: namespace === '' || name === '' ? name : `${namespace}.${name}`,
  };
}

function siteOfTag(tag: string | undefined): CallSite | undefined {
  if (tag === undefined || tag === '') return undefined;
  const parts = /^(.*?):(\d+)(?::\d+)?$/.exec(tag);
  return { file: parts?.[1] ?? tag, line: Number(parts?.[2] ?? 0), function: '' };
}

function ancestorSite(node: Node): CallSite | undefined {
  const STEPS_MAX = 32;
  let at = node.parent;
  for (let step = 0; at !== undefined && step < STEPS_MAX; step++) {
    const site = siteOf(at.span);
    if (site !== undefined) return site;
    at = at.parent;
  }
  return undefined;
}
