import { createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { ApiFailure } from '../errors.ts';
import type { SessionStore } from '../state/driver.ts';

export interface LoginOptions {
  /** Undefined on loopback without a login: everyone who reaches the port is trusted. */
  readonly login: { readonly user: string; readonly password: string } | undefined;
  /** 32 bytes, of this data directory. */
  readonly salt: Buffer;
  readonly sessions: SessionStore;
  readonly now: () => number;
}

export interface LoginGate {
  readonly isLoginRequired: boolean;
  /** Whom an open session belongs to; undefined where no login is asked for. */
  readonly user: string | undefined;
  isOpen(token: string | undefined): Promise<boolean>;
  /** A fresh token, or undefined when user or password is wrong. Throws `rate_limited` when too many try at once. */
  open(user: string, password: string): Promise<string | undefined>;
  /** Whether the pair is right, without opening a session. */
  matches(user: string, password: string): Promise<boolean>;
  close(token: string | undefined): Promise<void>;
}

export const sessionLifetimeMs = 7 * 24 * 3_600_000;
/** Password checks at once: each takes 32 MiB and a thread of the pool that queries need too. */
export const checksInFlightMax = 2;

const tokenBytes = 32;
const scryptCost = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 2 ** 20 };
const derive = promisify<string, Buffer, number, typeof scryptCost, Buffer>(scrypt);

/**
 * One configured user. Tokens are opaque and random, stored as a hash, and revocable; the same work is done for a wrong
 * user as for a wrong password, so that neither can be told apart by time.
 */
export async function createLoginGate(options: LoginOptions): Promise<LoginGate> {
  const { login, salt, sessions, now } = options;
  if (login === undefined) return openToAll;
  const expected = await derive(login.password, salt, 32, scryptCost);
  const credential = sha256(Buffer.concat([expected, sha256(login.user)]));
  let checksInFlight = 0;

  async function matches(user: string, password: string): Promise<boolean> {
    if (checksInFlight >= checksInFlightMax) throw new ApiFailure('rate_limited', 'Too many logins at once.');
    checksInFlight += 1;
    try {
      const given = await derive(password, salt, 32, scryptCost);
      const isPassword = timingSafeEqual(given, expected);
      const isUser = timingSafeEqual(sha256(user), sha256(login?.user ?? ''));
      return isPassword && isUser;
    } finally {
      checksInFlight -= 1;
    }
  }

  return {
    isLoginRequired: true,
    user: login.user,
    matches,
    async isOpen(token) {
      if (token === undefined || !/^[\w-]{43}$/.test(token)) return false;
      const session = await sessions.find(sha256(token), now());
      return session !== undefined && Buffer.compare(session.credential, credential) === 0;
    },
    async open(user, password) {
      if (!(await matches(user, password))) return undefined;
      const token = randomBytes(tokenBytes).toString('base64url');
      await sessions.prune(now());
      await sessions.create({
        tokenHash: sha256(token),
        user: login.user,
        credential,
        expiresAtMs: now() + sessionLifetimeMs,
      });
      return token;
    },
    async close(token) {
      if (token !== undefined) await sessions.remove(sha256(token));
    },
  };
}

const openToAll: LoginGate = {
  isLoginRequired: false,
  user: undefined,
  isOpen: async () => true,
  open: async () => undefined,
  matches: async () => true,
  close: async () => undefined,
};

function sha256(text: string | Uint8Array): Buffer {
  return createHash('sha256').update(text).digest();
}
