import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ApiFailure } from '../errors.ts';

/** Attempts to log in from one address a minute, by whichever door. */
export const loginsPerMinuteMax = 10;

export interface LoginAttempts {
  /** Counts an attempt; throws `rate_limited` when it is one too many. */
  count(request: FastifyRequest, reply: FastifyReply): Promise<void>;
  /** Throws `rate_limited` when no attempt is left, and counts nothing. */
  check(request: FastifyRequest, reply: FastifyReply): Promise<void>;
}

/** One bucket an address for all places that check a password: guesses are not multiplied by the number of places. */
export function createLoginAttempts(app: FastifyInstance): LoginAttempts {
  const limit = app.createRateLimit({ max: loginsPerMinuteMax, timeWindow: 60_000 });
  return {
    async count(request, reply) {
      const state = await limit(request);
      if (!state.isAllowed && state.isExceeded) refuse(reply, state.ttlInSeconds);
    },
    async check(request, reply) {
      const state = await limit(request, { increment: false });
      if (!state.isAllowed && state.remaining === 0) refuse(reply, state.ttlInSeconds);
    },
  };
}

function refuse(reply: FastifyReply, seconds: number): never {
  void reply.header('retry-after', Math.max(1, seconds));
  throw new ApiFailure('rate_limited');
}
