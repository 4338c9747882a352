import { isDeepStrictEqual } from 'node:util';
import { stringify } from 'yaml';
import { alertRule } from '../schema/index.ts';
import type { AlertRule } from '../schema/index.ts';

/** A rule file that holds these rules: read again, it gives the same rules. Fields at their default are left out. */
export function rulesToYaml(rules: readonly AlertRule[]): string {
  return stringify({ rules: rules.map(withoutDefaults) }, { lineWidth: 110, singleQuote: true });
}

type Plain = Record<string, unknown>;

/** Tries each field without: what comes back the same by itself need not be written. */
function withoutDefaults(rule: AlertRule): Plain {
  const plain = copyOf(rule);
  strip(plain, () => isDeepStrictEqual(alertRule.safeParse(copyOf(plain)).data, copyOf(rule)));
  return plain;
}

function strip(plain: Plain, isSame: () => boolean): void {
  for (const key of Object.keys(plain)) {
    const value = plain[key];
    delete plain[key];
    if (isSame()) continue;
    plain[key] = value;
    if (isPlain(value)) strip(value, isSame);
    else if (Array.isArray(value)) for (const item of value) if (isPlain(item)) strip(item, isSame);
  }
  restoreOrder(plain);
}

// A field that was put back stands last; people expect it where the schema has it.
function restoreOrder(plain: Plain): void {
  const ordered = fieldOrder.filter((key) => key in plain);
  for (const key of [...ordered, ...Object.keys(plain).filter((it) => !fieldOrder.includes(it))]) {
    const value = plain[key];
    delete plain[key];
    plain[key] = value;
  }
}

const fieldOrder: readonly string[] = `
  uid name enabled owner labels signal kind severity op schedule every delay window groupBy groups guard for
  keepFiringFor conditions`
  .trim()
  .split(/\s+/);

function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function copyOf(value: unknown): Plain {
  const copy: unknown = JSON.parse(JSON.stringify(value));
  return isPlain(copy) ? copy : {};
}
