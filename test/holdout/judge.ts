import { detect, type Finding } from '@nightjar/agent/detect';
import { FINDING_EVENT, FINDING_JSON } from '@nightjar/agent/attributes';
import type { ReceivedSpan } from '../support/span-receiver.ts';
import type { Seed } from './seeds.ts';

/** What the agent itself sent along. */
export function sentFindings(spans: readonly ReceivedSpan[]): Finding[] {
  return spans.flatMap(({ events }) =>
    events.flatMap(({ name, attributes }) =>
      name === FINDING_EVENT ? [JSON.parse(String(attributes[FINDING_JSON])) as Finding] : [],
    ),
  );
}

/** What the engine makes of the spans as any SDK would have sent them: without a word of ours. */
export function plainFindings(spans: readonly ReceivedSpan[]): readonly Finding[] {
  return detect(
    spans.map(({ attributes, ...span }) => ({
      ...span,
      attributes: Object.fromEntries(
        Object.entries(attributes).filter(([name]) => !name.startsWith('nightjar.')),
      ),
    })),
  ).findings;
}

export interface Expected {
  readonly seeds: readonly Seed[];
  /** Words of the stack's own hint. */
  readonly hint: RegExp;
  /** Spans carry the line in which the call was made. */
  readonly hasCallSites: boolean;
  /** The same question is asked again with the same values: worth a word, but no N+1. */
  readonly mayRepeat?: boolean;
}

/** Every seed that was missed or told wrongly, and every finding that was not seeded. Empty: all is right. */
export function faultsOf(findings: readonly Finding[], expected: Expected): string[] {
  const { seeds } = expected;
  const missed = seeds.flatMap((seed) => {
    const owner = findings.find((finding) => statementsOf(finding).some((text) => isAbout(text, seed)));
    if (owner === undefined) return [`missed: ${seed.target} at ${seed.places.join(' or ')}`];
    return isAbout(owner.statement, seed) ? wrongsOf(owner, { ...expected, seeds: [seed] }) : [];
  });
  const untrue = findings.filter(
    (finding) =>
      (finding.kind !== 'n_plus_one' &&
        !(finding.kind === 'duplicate_query' && expected.mayRepeat === true)) ||
      (finding.kind === 'n_plus_one' &&
        !seeds.some((seed) => statementsOf(finding).some((text) => isAbout(text, seed)))),
  );
  return [
    ...missed,
    ...untrue.map(({ kind, statement, reason }) => `false: ${kind} ${statement} (${reason})`),
  ];
}

function wrongsOf(finding: Finding, { seeds, hint, hasCallSites }: Expected): string[] {
  return seeds.flatMap(({ target, column, places }) => {
    const wrongs: string[] = [];
    const site = `${finding.callSite?.file}:${finding.callSite?.line}`;
    if (hasCallSites && !places.includes(site))
      wrongs.push(`call site of ${target}: ${site}, not ${places.join(' or ')}`);
    const words = finding.hint.toLowerCase();
    const isNamed = [target, column].every(
      (word) => word === undefined || words.includes(word.toLowerCase()),
    );
    if (!isNamed || !hint.test(finding.hint)) wrongs.push(`hint of ${target}.${column}: ${finding.hint}`);
    return wrongs;
  });
}

function statementsOf(finding: Finding): string[] {
  return [finding.statement, ...(finding.companions ?? []).map(({ statement }) => statement)];
}

function isAbout(statement: string, { target }: Seed): boolean {
  return new RegExp(`(?<!\\w)${target}(?!\\w)`, 'i').test(statement);
}
