import type { AlertStore, RuleStore } from '@nightjar/alerts';

/**
 * Plug-in point "state driver": small rows that must survive a crash, and commit together where a method says so.
 * SQLite implements it for one collector; signatures are async so that a shared database can implement it for several.
 */
export interface StateDriver {
  readonly alerts: AlertStore;
  /** Alert rules made in the dashboard. */
  readonly rules: RuleStore;
  readonly sessions: SessionStore;
  readonly sweepCursor: SweepCursorStore;
  readonly firstSpan: FirstSpanStore;
  close(): Promise<void>;
}

export interface Session {
  /** SHA-256 of the token; the token itself is known to the browser alone. */
  readonly tokenHash: Uint8Array;
  readonly user: string;
  /** Identifies the password it was opened with: changing the password ends the session. */
  readonly credential: Uint8Array;
  readonly expiresAtMs: number;
}

/** Sessions kept at once; beyond it the one that expires first makes room. */
export const sessionsMax = 1_000;

export interface SessionStore {
  create(session: Session): Promise<void>;
  /** Undefined when unknown or expired. */
  find(tokenHash: Uint8Array, nowMs: number): Promise<Session | undefined>;
  remove(tokenHash: Uint8Array): Promise<void>;
  /** Forgets expired ones; returns how many. */
  prune(nowMs: number): Promise<number>;
}

/** How far the sweep has come. */
export interface SweepCursorStore {
  load(): Promise<bigint | undefined>;
  save(cursor: bigint): Promise<void>;
}

/** When the first span of all time arrived: the dashboard leaves its first-run page then, and never returns to it. */
export interface FirstSpanStore {
  load(): Promise<number | undefined>;
  /** Keeps the earliest. */
  note(atMs: number): Promise<void>;
}
