import { standingOf } from '../acknowledge/index.ts';
import type { Acceptance, Standing } from '../acknowledge/index.ts';
import type { QueryRun, Repetition } from './run.ts';

export interface Verdict {
  readonly pass: boolean;
  /** Why it failed; when it passed, what was accepted and what is the case. */
  readonly message: string;
}

export interface NPlusOneOptions {
  /** Lets one question pass that is asked again and again with the same values. Default false. */
  readonly allowDuplicates?: boolean;
}

const STATEMENTS_SHOWN_MAX = 10;
const STATEMENT_CHARACTERS_MAX = 300;

/** Fails for each repetition nobody has accepted, and for a run that could not be counted whole. */
export function nPlusOneVerdict(
  run: QueryRun,
  acceptance: Acceptance,
  { allowDuplicates = false }: NPlusOneOptions = {},
): Verdict {
  const judged = run.repetitions
    .filter(({ kind }) => !allowDuplicates || kind === 'n_plus_one')
    .map((repetition) => ({ repetition, standing: standingOf(repetition, acceptance) }));
  const open = judged.filter(({ standing }) => standing.kind === 'open');
  const gap = gapOf(run);
  if (open.length === 0 && gap === undefined) {
    const accepted = judged.map(
      ({ repetition, standing }) => `\n  accepted: ${acceptedLine(repetition, standing)}`,
    );
    return { pass: true, message: `${run.name}: ${queries(run.queryCount)} and no N+1${accepted.join('')}` };
  }
  const parts = open.map(({ repetition, standing }) => explained(repetition, standing));
  return {
    pass: false,
    message: [
      `${run.name}: ${headline(
        open.map(({ repetition }) => repetition),
        run,
      )}`,
      ...parts,
      ...(gap ?? []),
    ].join('\n\n'),
  };
}

/** Fails above `limit`, with the statements that make up the count. */
export function budgetVerdict(run: QueryRun, limit: number): Verdict {
  if (!Number.isInteger(limit) || limit < 0)
    throw new TypeError(`a number of queries is a whole number, not ${limit}`);
  const gap = gapOf(run);
  const pass = run.queryCount <= limit && gap === undefined;
  const head = `${run.name}: ${queries(run.queryCount)}, at most ${limit} allowed`;
  return {
    pass,
    message: [head, statementList(run), ...(gap ?? [])].filter((part) => part !== '').join('\n\n'),
  };
}

function headline(open: readonly Repetition[], run: QueryRun): string {
  const loops = open.filter(({ kind }) => kind === 'n_plus_one').length;
  const duplicates = open.length - loops;
  const found = [
    ...(loops === 0 ? [] : [loops === 1 ? 'an N+1' : `${loops} N+1s`]),
    ...(duplicates === 0
      ? []
      : [
          duplicates === 1
            ? 'a question asked again and again'
            : `${duplicates} questions asked again and again`,
        ]),
  ];
  return `${found.length === 0 ? 'not counted whole' : found.join(' and ')} in ${queries(run.queryCount)}`;
}

function explained(repetition: Repetition, standing: Standing): string {
  const { count, statement, operation, callSite, hint, kind, id } = repetition;
  const lines = [
    `${kind === 'n_plus_one' ? 'N+1' : 'Missing memo'}: ${count} times ${shortened(statement)}`,
    `  at    ${callSite === undefined ? 'a line that is not known' : `${callSite.file}:${callSite.line} (${callSite.function})`}`,
    `  in    ${operation}`,
    `  with  ${valuesOf(repetition)}`,
    `  mend  ${hint}`,
    ...(id === undefined ? [] : [`  id    ${id}`]),
    ...(standing.kind === 'open' && standing.note !== undefined ? [`  note  ${standing.note}`] : []),
  ];
  return lines.join('\n');
}

function valuesOf({ kind, count, distinctValues }: Repetition): string {
  if (kind === 'n_plus_one') {
    return distinctValues === undefined
      ? 'values that cannot be seen: a loop over items'
      : `${distinctValues} different bindings in ${count} calls: a loop over items`;
  }
  return `one binding, ${count} times: the answer is known after the first; with more rows in the test this may prove an N+1`;
}

function statementList({ calls }: QueryRun): string {
  const groups = new Map<string, { count: number; statement: string; site: string }>();
  for (const { fingerprint, statement, callSite } of calls) {
    const group = groups.get(fingerprint) ?? { count: 0, statement, site: '' };
    group.count++;
    if (group.site === '' && callSite !== undefined) group.site = `  at ${callSite.file}:${callSite.line}`;
    groups.set(fingerprint, group);
  }
  const sorted = [...groups.values()].sort((a, b) => b.count - a.count);
  const more = sorted.length - STATEMENTS_SHOWN_MAX;
  return [
    ...sorted
      .slice(0, STATEMENTS_SHOWN_MAX)
      .map(({ count, statement, site }) => `  ${count} × ${shortened(statement)}${site}`),
    ...(more > 0 ? [`  and ${more} more statements`] : []),
  ].join('\n');
}

function gapOf({ uncounted, unfinished }: QueryRun): readonly string[] | undefined {
  if (uncounted === 0 && unfinished === 0) return undefined;
  const gaps = [
    ...(uncounted === 0 ? [] : [`${uncounted} spans were beyond the limit of a recording`]),
    ...(unfinished === 0
      ? []
      : [`${unfinished} calls had not ended a second after the function had: await them`]),
  ];
  return [`Not counted whole: ${gaps.join('; ')}.`];
}

function acceptedLine({ count, statement }: Repetition, standing: Standing): string {
  return `${count} times ${shortened(statement)}${standing.kind === 'open' ? '' : `: ${standing.reason}`}`;
}

function queries(count: number): string {
  return count === 1 ? '1 query' : `${count} queries`;
}

function shortened(statement: string): string {
  return statement.length <= STATEMENT_CHARACTERS_MAX
    ? statement
    : `${statement.slice(0, STATEMENT_CHARACTERS_MAX - 3)}...`;
}
