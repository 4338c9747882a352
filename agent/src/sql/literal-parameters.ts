import type { SqlFingerprint } from './types.ts';

/**
 * Stands for the values in a statement, for whoever masks it: hex, undefined when the statement holds no value or when
 * some are bound elsewhere and so unknown. Must be salted or dropped before it is kept longer than the trace.
 */
export function literalParameters(shape: SqlFingerprint): string | undefined {
  return shape.literalHash !== 0 ? shape.literalHash.toString(16) : undefined;
}
