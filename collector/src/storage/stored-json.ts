import { z } from 'zod';

const objectSchema = z.record(z.string(), z.unknown());

/** Attributes kept as JSON text (events, links): nested values become JSON text, text that is no object becomes nothing. */
export function storedAttributes(json: string): Record<string, string | number | boolean> {
  let parsed: unknown;
  try {
    parsed = json === '' ? {} : JSON.parse(json);
  } catch {
    return {};
  }
  const object = objectSchema.safeParse(parsed);
  if (!object.success) return {};
  return Object.fromEntries(
    Object.entries(object.data)
      .filter(([, value]) => value !== null && value !== undefined)
      .map(([name, value]) => [name, plain(value)]),
  );
}

function plain(value: unknown): string | number | boolean {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return JSON.stringify(value);
}
