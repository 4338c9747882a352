import type { FindingStatus, Judged, JudgedFinding, JudgedOperation } from './gate.ts';

const ROWS_MAX = 200;
const STATEMENT_CHARACTERS_MAX = 200;

const STATUSES: Readonly<Record<FindingStatus, string>> = {
  new: '**new**',
  known: 'known: in the budget file',
  known_in_production: 'known: in production',
  ignored: 'ignored',
  acknowledged: 'acknowledged',
};

/** The result of a run as GitHub-flavoured Markdown: what fails first, then every operation. */
export function summaryOf({ operations, nPlusOnes, isClean }: Judged): string {
  const fresh = nPlusOnes.filter(({ status }) => status === 'new');
  const broken = operations.filter(({ isBroken }) => isBroken);
  const others = nPlusOnes.filter(({ status }) => status !== 'new');
  const parts = [
    `## Nightjar: ${isClean ? 'no new N+1, every budget kept' : headline(fresh.length, broken.length)}`,
    ...(broken.length === 0 ? [] : [broken.slice(0, ROWS_MAX).map(brokenLine).join('\n')]),
    ...(fresh.length === 0
      ? []
      : [['### New N+1s', '', ...fresh.slice(0, ROWS_MAX).map(findingLine)].join('\n')]),
    operationTable(operations),
    ...(others.length === 0
      ? []
      : [['### Other N+1s', '', ...others.slice(0, ROWS_MAX).map(findingLine)].join('\n')]),
  ];
  return `${parts.join('\n\n')}\n`;
}

function headline(fresh: number, broken: number): string {
  const parts = [
    ...(fresh === 0 ? [] : [fresh === 1 ? '1 new N+1' : `${fresh} new N+1s`]),
    ...(broken === 0 ? [] : [broken === 1 ? '1 broken budget' : `${broken} broken budgets`]),
  ];
  return parts.join(', ');
}

function brokenLine({ operation, production, limit, limitFrom, queryCount, test }: JudgedOperation): string {
  const before =
    limitFrom === 'production'
      ? `${rounded(production ?? 0)} → ${queryCount} queries against the last 7 days of production (up to ${limit ?? 0} allowed)`
      : `${limit ?? 0} → ${queryCount} queries against the budget`;
  return `- ${code(operation)} ${before}${test === operation ? '' : `, in ${code(test)}`}`;
}

function findingLine({
  operation,
  count,
  statement,
  callSite,
  hint,
  status,
  note,
  id,
}: JudgedFinding): string {
  const place = callSite === undefined ? '' : ` at ${code(`${callSite.file}:${callSite.line}`)}`;
  const why = note === undefined ? '' : ` (${text(note)})`;
  return `- ${STATUSES[status]}${why}: ${code(operation)}, ${count} times ${code(shortened(statement))}${place}. ${text(hint)} Id \`${id}\`.`;
}

function operationTable(operations: readonly JudgedOperation[]): string {
  const hasProduction = operations.some(({ production }) => production !== undefined);
  const cells = (...columns: readonly (string | undefined)[]): string =>
    `| ${columns.filter((column) => column !== undefined).join(' | ')} |`;
  const more = operations.length - ROWS_MAX;
  return [
    cells('operation', 'queries', 'allowed', hasProduction ? 'production, 7 days' : undefined, 'result'),
    cells('---', '---:', '---:', hasProduction ? '---:' : undefined, '---'),
    ...operations
      .slice(0, ROWS_MAX)
      .map((one) =>
        cells(
          code(one.operation).replaceAll('|', String.raw`\|`),
          String(one.queryCount),
          one.limit === undefined ? '' : String(one.limit),
          hasProduction ? (one.production === undefined ? '' : rounded(one.production)) : undefined,
          one.limit === undefined ? 'not budgeted' : one.isBroken ? '**broken**' : 'kept',
        ),
      ),
    ...(more > 0 ? ['', `and ${more} more operations`] : []),
  ].join('\n');
}

function rounded(queries: number): string {
  return String(Math.round(queries * 10) / 10);
}

function shortened(statement: string): string {
  return statement.length <= STATEMENT_CHARACTERS_MAX
    ? statement
    : `${statement.slice(0, STATEMENT_CHARACTERS_MAX - 3)}...`;
}

/** A code span that no backtick inside it can end. */
function code(value: string): string {
  const line = value.replaceAll(/\s+/g, ' ').trim();
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return longest === 0 ? `${fence}${line}${fence}` : `${fence} ${line} ${fence}`;
}

/** Prose of ours or of the user's, in which only code spans are markup. */
function text(value: string): string {
  return value.replaceAll(/\s+/g, ' ').replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
