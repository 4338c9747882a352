import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ACKNOWLEDGEMENT_FILE, acknowledgementsOf, standingOf } from '@nightjar/agent/acknowledge';
import { version } from '../package-paths.ts';
import { ciUsage, parseCiArguments } from './arguments.ts';
import type { CiOptions } from './arguments.ts';
import { budgetText, readBudget, updatedBudget } from './budget.ts';
import { CiFailure } from './failure.ts';
import { judge } from './gate.ts';
import type { Judged } from './gate.ts';
import { measuredOf } from './measured.ts';
import type { Measured } from './measured.ts';
import { readProduction } from './production.ts';
import { readReport } from './read-report.ts';
import { sarifOf } from './sarif.ts';
import { summaryOf } from './summary.ts';

export interface CiPorts {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly nowMs: () => number;
  /** Where an acknowledgement file is looked for. */
  readonly cwd: string;
}

/** `nightjar ci`. Resolves to the exit code; never rejects for what the user can mend. */
export async function runCi(args: readonly string[], ports: CiPorts): Promise<number> {
  const parsed = parseCiArguments(args);
  if (parsed.kind === 'refused') {
    ports.err(`nightjar ci: ${parsed.problem}\n\n${ciUsage}`);
    return 64;
  }
  if (parsed.kind === 'help') {
    ports.out(ciUsage);
    return 0;
  }
  try {
    return await run(parsed.options, ports);
  } catch (failure) {
    if (!(failure instanceof CiFailure)) throw failure;
    ports.err(`nightjar ci: ${failure.message}.\n`);
    return failure.exitCode;
  }
}

async function run(options: CiOptions, { out, err, nowMs, cwd }: CiPorts): Promise<number> {
  const measured = acknowledged(measuredOf(readReport(options.report)), { nowMs: nowMs(), err, cwd });
  const before = readBudget(options.budget, { isRequired: options.isBudgetNamed && !options.isUpdate });
  const budget = options.isUpdate ? updatedBudget(before, measured) : before;
  const production = options.production === undefined ? undefined : await readProduction(options.production);
  const judged = judge(measured, budget, production);
  if (options.isUpdate) write(options.budget, budgetText(budget));
  const summary = summaryOf(judged);
  if (options.summary !== undefined) write(options.summary, summary);
  if (options.sarif !== undefined)
    write(options.sarif, `${JSON.stringify(sarifOf(judged, version), null, 2)}\n`);
  out(summary);
  return exitCodeOf(judged);
}

function exitCodeOf({ isClean }: Judged): number {
  return isClean ? 0 : 1;
}

/** The run has been judged where it ran; an acknowledgement file beside this command counts too, as it stands now. */
function acknowledged(
  measured: Measured,
  { nowMs, err, cwd }: Pick<CiPorts, 'err' | 'cwd'> & { nowMs: number },
): Measured {
  const text = textOf(join(cwd, ACKNOWLEDGEMENT_FILE));
  const { entries, problems } = acknowledgementsOf(text ?? '[]', ACKNOWLEDGEMENT_FILE);
  for (const problem of problems) err(`nightjar ci: ${problem}.\n`);
  const acceptance = { acknowledgements: entries, linesOf: () => undefined, nowMs };
  return {
    ...measured,
    nPlusOnes: measured.nPlusOnes.map((finding) => {
      if (finding.standing !== 'open') return finding;
      const { id, statement, operation, callSite } = finding;
      const standing = standingOf({ id, kind: 'n_plus_one', statement, operation, callSite }, acceptance);
      const note = standing.kind === 'open' ? (standing.note ?? finding.note) : standing.reason;
      return { ...finding, standing: standing.kind, ...(note === undefined ? {} : { note }) };
    }),
  };
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (cause) {
    throw new CiFailure(64, `${file} cannot be written`, { cause });
  }
}
