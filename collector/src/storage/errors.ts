/**
 * Why the engine gave no answer.
 * `timeout` the query ran too long · `busy` too many at once · `too_large` memory or rows over the limit ·
 * `unavailable` the engine cannot be reached or cannot write · `locked` another process has the directory ·
 * `rejected` the statement or its rows are wrong: a fault of this program.
 */
export type StorageErrorKind = 'timeout' | 'busy' | 'too_large' | 'unavailable' | 'locked' | 'rejected';

export class StorageError extends Error {
  override readonly name = 'StorageError';
  readonly kind: StorageErrorKind;

  constructor(kind: StorageErrorKind, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.kind = kind;
  }
}

// Numbers of ClickHouse's ErrorCodes.cpp.
const kindByCode: Readonly<Record<string, StorageErrorKind>> = {
  '159': 'timeout', // TIMEOUT_EXCEEDED
  '160': 'timeout', // TOO_SLOW
  '158': 'too_large', // TOO_MANY_ROWS
  '241': 'too_large', // MEMORY_LIMIT_EXCEEDED
  '307': 'too_large', // TOO_MANY_BYTES
  '396': 'too_large', // TOO_MANY_ROWS_OR_BYTES
  '202': 'busy', // TOO_MANY_SIMULTANEOUS_QUERIES
  '252': 'busy', // TOO_MANY_PARTS
  '209': 'unavailable', // SOCKET_TIMEOUT
  '210': 'unavailable', // NETWORK_ERROR
  '242': 'unavailable', // TABLE_IS_READ_ONLY
  '243': 'unavailable', // NOT_ENOUGH_SPACE
  '425': 'unavailable', // SYSTEM_ERROR
  '999': 'unavailable', // KEEPER_EXCEPTION
};

const networkCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
]);

export function toStorageError(error: unknown, what: string): StorageError {
  if (error instanceof StorageError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  const message = `${what}: ${reason.slice(0, reasonCharsMax)}`;
  return new StorageError(kindOf(error), message, error);
}

const reasonCharsMax = 500;

function kindOf(error: unknown): StorageErrorKind {
  if (error instanceof Error) {
    // By shape: the embedded connection throws the ClickHouseError of its own copy of the client.
    const code = 'code' in error ? String(error.code) : '';
    if (networkCodes.has(code)) return 'unavailable';
    if ('type' in error) return kindByCode[code] ?? 'rejected';
    // The HTTP client says so in words only.
    if (/timeout error/i.test(error.message)) return 'timeout';
    if (/socket hang up/i.test(error.message)) return 'unavailable';
  }
  return 'rejected';
}
