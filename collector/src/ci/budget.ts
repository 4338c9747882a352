import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { CiFailure } from './failure.ts';
import { compare } from './measured.ts';
import type { Measured } from './measured.ts';

const budgetSchema = z.strictObject({
  version: z.literal(1),
  /** Queries that one request of an operation may make. */
  queries: z.record(z.string(), z.number().int().min(0)),
  /** N+1s that were there when the file was written, by id. */
  knownNPlusOnes: z
    .record(
      z.string().regex(/^[0-9a-f]{16}$/),
      z.strictObject({ operation: z.string(), statement: z.string() }),
    )
    .default({}),
});

/** The checked-in file: what a run may not exceed. */
export type Budget = z.infer<typeof budgetSchema>;

export const NO_BUDGET: Budget = { version: 1, queries: {}, knownNPlusOnes: {} };

export function readBudget(file: string, { isRequired }: { readonly isRequired: boolean }): Budget {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    if (!isRequired) return NO_BUDGET;
    throw new CiFailure(64, `the budget file ${file} cannot be read; --update writes it`, { cause });
  }
  const parsed = budgetSchema.safeParse(parsedOf(text));
  if (parsed.success) return parsed.data;
  throw new CiFailure(
    64,
    `${file} is not a budget file: ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}`,
  );
}

/** Takes over what this run has measured; what it did not run stays as it was. */
export function updatedBudget(budget: Budget, { operations, nPlusOnes }: Measured): Budget {
  const ran = new Set(operations.map(({ operation }) => operation));
  const open = nPlusOnes.filter(({ standing }) => standing === 'open');
  return {
    version: 1,
    queries: sorted({
      ...budget.queries,
      ...Object.fromEntries(operations.map(({ operation, queryCount }) => [operation, queryCount])),
    }),
    knownNPlusOnes: sorted({
      ...Object.fromEntries(
        Object.entries(budget.knownNPlusOnes).filter(([, known]) => !ran.has(known.operation)),
      ),
      ...Object.fromEntries(open.map(({ id, operation, statement }) => [id, { operation, statement }])),
    }),
  };
}

export function budgetText(budget: Budget): string {
  return `${JSON.stringify(budget, null, 2)}\n`;
}

function sorted<Value>(entries: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(entries).sort(([a], [b]) => compare(a, b)));
}

function parsedOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
