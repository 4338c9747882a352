/**
 * Every error the collector answers or stops with: one row a code, the same in the README (a test compares both ways).
 * The OTLP endpoints answer with the bodies of their own specification instead.
 */
export const apiErrors = {
  invalid_parameter: {
    status: 400,
    message: 'A parameter is not valid.',
    remedy: 'Correct it; the forms are listed in /api/v1/openapi.json.',
  },
  invalid_body: {
    status: 400,
    message: 'The body is not valid.',
    remedy: 'Send JSON as described in /api/v1/openapi.json.',
  },
  malformed_request: {
    status: 400,
    message: 'The request is not HTTP.',
    remedy: 'Send HTTP/1.1; the collector itself does not speak TLS.',
  },
  login_required: {
    status: 401,
    message: 'This collector asks for a login.',
    remedy: 'Log in with POST /api/v1/session, or in the dashboard.',
  },
  login_wrong: {
    status: 401,
    message: 'User or password is wrong.',
    remedy: 'Use the pair that NIGHTJAR_LOGIN holds.',
  },
  host_refused: {
    status: 403,
    message: 'The Host header names another machine.',
    remedy:
      'Open the dashboard by the address it printed at start, or set NIGHTJAR_PUBLIC_URL to the address in use.',
  },
  origin_refused: {
    status: 403,
    message: 'The request comes from a page of another site.',
    remedy: 'Send it from the dashboard itself, or set NIGHTJAR_PUBLIC_URL to the address in use.',
  },
  not_found: {
    status: 404,
    message: 'There is nothing at this address.',
    remedy: 'Compare it with /api/v1/openapi.json.',
  },
  no_such_record: {
    status: 404,
    message: 'No such record is stored.',
    remedy:
      'It may be older than the retention, not yet stored (wait a few seconds), or outside the time range.',
  },
  conflict: {
    status: 409,
    message: 'The change does not go with what is stored.',
    remedy: 'Read the record again, then change what it is now.',
  },
  request_timeout: {
    status: 408,
    message: 'The request did not arrive in time.',
    remedy: 'Send it again, in one go.',
  },
  body_too_large: {
    status: 413,
    message: 'The body is too large.',
    remedy: 'Send at most 64 KiB.',
  },
  unsupported_media_type: {
    status: 415,
    message: 'The body has a type that is not understood here.',
    remedy: 'Send application/json.',
  },
  rate_limited: {
    status: 429,
    message: 'Too many requests.',
    remedy: 'Wait as long as the Retry-After header says.',
  },
  head_too_large: {
    status: 431,
    message: 'The address and headers are too large.',
    remedy: 'Send at most 16 KiB of them: shorten the parameters.',
  },
  internal: {
    status: 500,
    message: 'The collector failed to answer.',
    remedy: "Look for the request id in the collector's log and report it.",
  },
  overloaded: {
    status: 503,
    message: 'Too many queries are running.',
    remedy: 'Try again in a second; narrow the time range if it persists.',
  },
  storage_unavailable: {
    status: 503,
    message: 'The database does not answer.',
    remedy: 'Try again; if it persists check NIGHTJAR_CLICKHOUSE_URL, free disk space and the log.',
  },
  state_unavailable: {
    status: 503,
    message: 'The database of rules, alerts and sessions does not answer.',
    remedy: 'Try again; if it persists check NIGHTJAR_STATE_URL, that server and the log.',
  },
  query_timeout: {
    status: 504,
    message: 'The query took too long and was stopped.',
    remedy: 'Narrow the time range or add a filter.',
  },
} as const satisfies Record<string, { status: number; message: string; remedy: string }>;

/** Reasons the process stops, with its exit code (sysexits.h). */
export const startErrors = {
  unexpected: { exitCode: 1, remedy: 'See the log for the cause; please report it.' },
  usage: { exitCode: 64, remedy: 'See nightjar --help.' },
  port_in_use: { exitCode: 69, remedy: 'Stop the other process, or choose another port.' },
  data_dir_locked: {
    exitCode: 69,
    remedy: 'Stop the other collector, or give this one a NIGHTJAR_DATA_DIR of its own.',
  },
  storage_failed: {
    exitCode: 69,
    remedy: 'Check NIGHTJAR_CLICKHOUSE_URL, or free disk space and rights under NIGHTJAR_DATA_DIR.',
  },
  state_failed: {
    exitCode: 69,
    remedy: 'Check NIGHTJAR_STATE_URL, that the server runs and that its user may create a schema.',
  },
  config_invalid: { exitCode: 78, remedy: 'Correct the settings named above.' },
  data_dir_unusable: {
    exitCode: 78,
    remedy: 'Make it writable, or set NIGHTJAR_DATA_DIR to a directory that is.',
  },
  state_newer: {
    exitCode: 78,
    remedy:
      'Start the version that wrote it or a newer one, or set NIGHTJAR_DATA_DIR (NIGHTJAR_STATE_URL) to another place.',
  },
} as const satisfies Record<string, { exitCode: number; remedy: string }>;

export type ApiErrorCode = keyof typeof apiErrors;
export type StartErrorCode = keyof typeof startErrors;

export interface ApiFailureOptions extends ErrorOptions {
  /** Where the place knows better what to do than the code. */
  readonly remedy?: string;
  /** What is wrong with single fields of the body. */
  readonly fields?: readonly FieldProblem[];
}

export interface FieldProblem {
  /** As `conditions.0.threshold`; empty for the whole. */
  readonly path: string;
  readonly problem: string;
}

/** Becomes the error body of the contract. Message and remedy default to those of the code. */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure';
  readonly code: ApiErrorCode;
  readonly remedy: string;
  readonly fields: readonly FieldProblem[];

  constructor(code: ApiErrorCode, message?: string, options?: ApiFailureOptions) {
    super(message ?? apiErrors[code].message, options);
    this.code = code;
    this.remedy = options?.remedy ?? apiErrors[code].remedy;
    this.fields = options?.fields ?? [];
  }

  get status(): number {
    return apiErrors[this.code].status;
  }
}

/** Stops the start: what happened and the remedy go to stderr, then the process exits with the code's number. */
export class StartFailure extends Error {
  override readonly name = 'StartFailure';
  readonly code: StartErrorCode;

  constructor(code: StartErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  get exitCode(): number {
    return startErrors[this.code].exitCode;
  }

  get remedy(): string {
    return startErrors[this.code].remedy;
  }
}
