import { ZodError } from 'zod';
import { ApiFailure } from '../errors.ts';
import type { ApiErrorCode } from '../errors.ts';
import { StateUnavailable } from '../state/unavailable.ts';
import { StorageError } from '../storage/index.ts';
import type { StorageErrorKind } from '../storage/index.ts';

/** What the databases refuse in the words of the API; what is a fault of this program stays one. */
export function explainStorage(error: unknown): ApiFailure | undefined {
  if (error instanceof StateUnavailable) return new ApiFailure(error.code, undefined, { cause: error });
  if (!(error instanceof StorageError)) return undefined;
  if (error.cause instanceof ZodError) return undefined;
  const code = codes[error.kind];
  return code === undefined ? undefined : new ApiFailure(code, undefined, { cause: error });
}

const codes: Readonly<Record<StorageErrorKind, ApiErrorCode | undefined>> = {
  timeout: 'query_timeout',
  too_large: 'query_timeout',
  busy: 'overloaded',
  unavailable: 'storage_unavailable',
  locked: 'storage_unavailable',
  rejected: undefined,
};
