/** What tells one statement from another. Holds no literal of the text. */
export interface SqlFingerprint {
  /** 64-bit hash of the shape, 16 hex digits. */
  readonly fingerprint: string;
  readonly placeholders: number;
  readonly literals: number;
  /**
   * Hash over the literals in order, so that two calls with one hash are calls with the same values; 0 when there are no
   * literals, or when placeholders stand beside them and the rest of the values is unknown. Salted by nothing: callers must
   * not store it.
   */
  readonly literalHash: number;
  /** Ends in an ellipsis or an unclosed quote: the tail is not to be trusted. */
  readonly isTruncated: boolean;
}

/** What one pass over a SQL text yields. */
export interface SqlShape extends SqlFingerprint {
  /** Normalised text: literals and placeholders are `?`, lists folded, comments dropped, white space single. At most 8,192 characters. */
  readonly text: string;
  /** Operations and targets in order, at most 255 characters (`db.query.summary`). */
  readonly summary: string;
  /** First keyword, upper case: SELECT, INSERT, BEGIN ... '' when none. */
  readonly operation: string;
  /** Class of that keyword. */
  readonly verb: 'read' | 'write' | 'control' | 'ddl' | 'cursor' | 'other';
  /** Tables named in FROM, JOIN, INTO, UPDATE; case kept, unquoted. */
  readonly tables: readonly string[];
  /** Number of `column = ?` comparisons. */
  readonly equalities: number;
  /** Columns compared with `= ?` or IN, unquoted, without their table: what a hint names. */
  readonly predicateColumns: readonly string[];
  readonly hasIn: boolean;
  /** Largest number of values in an IN list; 0 when none. */
  readonly inArity: number;
  /** Rows of a VALUES list; 0 when none. */
  readonly rows: number;
  readonly hasWhere: boolean;
  readonly hasOffset: boolean;
  readonly hasOrderBy: boolean;
  readonly hasLimit: boolean;
  readonly isLimitOne: boolean;
  /** `col > ?` or `col < ?` beside ORDER BY without equality. */
  readonly isKeyset: boolean;
  /** sqlcommenter tags that may be kept: route, controller, action, framework, db_driver, file. */
  readonly tags: Readonly<Record<string, string>>;
}

export type SqlDialect = 'postgresql' | 'mysql' | 'sqlite' | 'mssql' | 'oracle' | 'unknown';
