import { parseArgs } from 'node:util';

export interface CiOptions {
  /** Folder that the test run wrote its report to. */
  readonly report: string;
  readonly budget: string;
  /** False: the budget file is the default one, which may be absent. */
  readonly isBudgetNamed: boolean;
  readonly production: { readonly collector: URL; readonly service: string } | undefined;
  readonly summary: string | undefined;
  readonly sarif: string | undefined;
  readonly isUpdate: boolean;
}

export type CiArguments =
  | { readonly kind: 'options'; readonly options: CiOptions }
  | { readonly kind: 'help' }
  | { readonly kind: 'refused'; readonly problem: string };

export const DEFAULT_BUDGET = 'nightjar.budget.json';

export const ciUsage = `Usage: nightjar ci --report <dir> [options]

Judges a test run that was recorded with NIGHTJAR_TEST_REPORT=<dir>.

  --report <dir>       folder of the recorded run
  --budget <file>      queries a request may make, known N+1s          ${DEFAULT_BUDGET}
  --update             write the budget file from this run
  --collector <url>    compare with the last 7 days of production
  --service <name>     its service there
  --summary <file>     write a Markdown summary
  --sarif <file>       write SARIF 2.1.0

Exit codes: 0 clean, 1 a new N+1 or a broken budget, 64 wrong usage or unusable input, 69 collector unreachable.
`;

export function parseCiArguments(args: readonly string[]): CiArguments {
  const parsed = parsedOf(args);
  if (typeof parsed === 'string') return { kind: 'refused', problem: parsed };
  const { report, budget, collector, service, summary, sarif, update, help } = parsed;
  if (help === true) return { kind: 'help' };
  if (report === undefined) return { kind: 'refused', problem: '--report <dir> is missing.' };
  const url = collector === undefined ? undefined : URL.parse(collector);
  if (url === null || (url !== undefined && !/^https?:$/.test(url.protocol)))
    return { kind: 'refused', problem: '--collector is not an http or https address.' };
  if ((url === undefined) !== (service === undefined))
    return { kind: 'refused', problem: '--collector and --service go together.' };
  return {
    kind: 'options',
    options: {
      report,
      budget: budget ?? DEFAULT_BUDGET,
      isBudgetNamed: budget !== undefined,
      production: url === undefined || service === undefined ? undefined : { collector: url, service },
      summary,
      sarif,
      isUpdate: update ?? false,
    },
  };
}

function parsedOf(args: readonly string[]): Parsed | string {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, strict: true, allowPositionals: false }).values;
  } catch (error) {
    // Its messages name the argument and are made for the user.
    return error instanceof Error ? error.message : String(error);
  }
}

const OPTIONS = {
  report: { type: 'string' },
  budget: { type: 'string' },
  collector: { type: 'string' },
  service: { type: 'string' },
  summary: { type: 'string' },
  sarif: { type: 'string' },
  update: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;
type Parsed = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];
