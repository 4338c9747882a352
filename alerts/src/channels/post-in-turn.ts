import type { SendOutcome } from '../ports.ts';
import type { Post, Poster } from './poster.ts';

/** One after the other, each only when that before it was taken; a retry begins with the first again. */
export async function postInTurn(
  poster: Poster,
  posts: readonly Post[],
  signal: AbortSignal,
): Promise<SendOutcome> {
  let outcome: SendOutcome = { kind: 'rejected', reason: 'nothing to send' };
  for (const post of posts) {
    outcome = await poster.post(post, signal);
    if (outcome.kind !== 'delivered') return outcome;
  }
  return outcome;
}
