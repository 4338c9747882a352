import { PARAMETER_HASH } from '../attributes.ts';
import type { Attributes } from './types.ts';

/** Parameters of one call that are looked at. */
const PARAMETERS_MAX = 64;

/** Stands for the values that a span carries beside its statement: the agent's hash, or the bound parameters themselves. */
export function attributeParameters(attributes: Attributes): string | undefined {
  const hash = attributes[PARAMETER_HASH];
  if (hash !== undefined) return String(hash);
  const values = attributes['db.postgresql.values'] ?? attributes['db.statement.parameters'];
  if (values !== undefined) return typeof values === 'object' ? values.join('\u001f') : String(values);
  return namedParameters(attributes);
}

function namedParameters(attributes: Attributes): string | undefined {
  let names: string[] | undefined;
  for (const name in attributes) {
    if (name.startsWith('db.query.parameter.') || name.startsWith('db.operation.parameter.'))
      (names ??= []).push(name);
  }
  return names
    ?.sort()
    .slice(0, PARAMETERS_MAX)
    .map((name) => `${name}=${String(attributes[name])}`)
    .join('\u001f');
}
