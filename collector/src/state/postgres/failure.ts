import { DatabaseError } from 'pg';
import { StateUnavailable } from '../unavailable.ts';

/** SQLSTATE of a transaction that the server rolled back by itself and that may be tried again as it is. */
const undone: ReadonlySet<string> = new Set(['40001', '40P01']);
/**
 * SQLSTATE classes and codes of a server that cannot serve now: connection, authorisation, no such database, resources,
 * read-only standby, a database closed to connections, timeouts of statement, lock and transaction, shutdown.
 */
const unavailableClasses: ReadonlySet<string> = new Set(['08', '28', '3D', '53', '57', '58', 'XX']);
const unavailableCodes: ReadonlySet<string> = new Set(['25006', '25P03', '25P04', '55000', '55P03']);
/** What waiting does not mend: password, role, database. */
const hopelessClasses: ReadonlySet<string> = new Set(['28', '3D']);

/** `error` is what a call to the driver library threw: without an SQLSTATE it is about the connection. */
export function explainFailure(error: unknown): unknown {
  const code = codeOf(error);
  if (code === undefined || isUnavailable(code)) {
    const told = code === undefined ? '' : ` (SQLSTATE ${code})`;
    return new StateUnavailable(`The state database does not answer${told}.`, { cause: error });
  }
  return error;
}

export function wasUndone(error: unknown): boolean {
  return undone.has(codeOf(error) ?? '');
}

export function isHopeless(error: unknown): boolean {
  return error instanceof StateUnavailable && hopelessClasses.has((codeOf(error.cause) ?? '').slice(0, 2));
}

function isUnavailable(code: string): boolean {
  return unavailableClasses.has(code.slice(0, 2)) || unavailableCodes.has(code);
}

function codeOf(error: unknown): string | undefined {
  return error instanceof DatabaseError ? error.code : undefined;
}
