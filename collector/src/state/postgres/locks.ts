import type { Session } from './database.ts';

/** First half of the keys of our advisory locks, so that they meet nobody else's in a shared database: "njar". */
const ours = 0x6e_6a_61_72;
const numbers = { schema: 1, alerts: 2, actions: 3, silences: 4, rules: 5, sessions: 6 } as const;

/**
 * One transaction at a time, until its end. `alerts` is taken by everything that puts messages into the outbox: their
 * ordinals then become visible in order, without which a lane could send its second message first, and limits hold
 * exactly.
 */
export async function lockIn(session: Session, name: keyof typeof numbers): Promise<void> {
  await session.get('SELECT pg_advisory_xact_lock($1::int, $2::int)', [ours, numbers[name]]);
}
