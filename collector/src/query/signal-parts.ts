import { z } from 'zod';
import type { Binding, BoundTexts } from './signal-binding.ts';

export const boundTexts: z.ZodType<BoundTexts> = z.record(z.string(), z.union([z.string(), z.number()]));

export interface SignalSql {
  /** Yields `labels`, `value`, `samples` and perhaps `note`; the groups with most samples first, one more than asked for. */
  readonly sql: string;
  readonly bound: BoundTexts;
}

/** How one kind of signal is measured. Labels are columns from a list, or attributes by bound name. */
export interface Parts {
  readonly labelOf: (label: string) => string;
  readonly where: string;
  readonly select: (labels: string, where: string) => string;
}

export const tail = `GROUP BY labels
ORDER BY samples DESC, labels
LIMIT {rows:UInt32}`;

/** A column of that name, or an attribute. */
export function columnOrAttribute(
  columns: Readonly<Record<string, string>>,
  given: { readonly attributes: string; readonly binding: Binding },
): (label: string) => string {
  return (label) => {
    const column = Object.hasOwn(columns, label) ? columns[label] : undefined;
    return column === undefined
      ? `t.${given.attributes}[${given.binding.add(label)}]`
      : `toString(t.${column})`;
  };
}

export function assertNever(value: never): never {
  throw new Error(`unreachable ${JSON.stringify(value)}`);
}
