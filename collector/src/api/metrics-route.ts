import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ApiFailure } from '../errors.ts';
import type { LoginAttempts } from './login-attempts.ts';
import type { LoginGate } from './login.ts';
import { tokenOf } from './session-routes.ts';

/** Scrapes from one address a minute: with a login configured each costs a password check. Wrong pairs count as logins. */
export const scrapesPerMinuteMax = 60;

export interface MetricsRouteOptions {
  readonly gate: LoginGate;
  readonly attempts: LoginAttempts;
  readonly metricsText: () => Promise<string>;
}

/** `/metrics` for Prometheus. With a login configured it takes the session, or the same pair as HTTP Basic. */
export function registerMetricsRoute(app: FastifyInstance, options: MetricsRouteOptions): void {
  app.get(
    '/metrics',
    {
      schema: { hide: true },
      config: { rateLimit: { max: scrapesPerMinuteMax, timeWindow: 60_000 } },
    },
    async (request, reply) => {
      if (!(await options.gate.isOpen(tokenOf(request)))) await checkBasic(options, request, reply);
      const text = await options.metricsText();
      return await reply.type('text/plain; version=0.0.4; charset=utf-8').send(text);
    },
  );
}

async function checkBasic(
  { gate, attempts }: MetricsRouteOptions,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const pair = basicPair(request.headers.authorization);
  if (pair !== undefined) {
    await attempts.check(request, reply);
    if (await gate.matches(pair.user, pair.password)) return;
    await attempts.count(request, reply);
  }
  void reply.header('www-authenticate', 'Basic realm="nightjar"');
  throw new ApiFailure('login_required', undefined, {
    remedy: 'Send the pair that NIGHTJAR_LOGIN holds as HTTP Basic.',
  });
}

function basicPair(
  authorization: string | undefined,
): { readonly user: string; readonly password: string } | undefined {
  const basic = /^Basic ([A-Za-z0-9+/=]{4,2000})$/i.exec(authorization ?? '')?.[1];
  if (basic === undefined) return undefined;
  const pair = Buffer.from(basic, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  return colon > 0 ? { user: pair.slice(0, colon), password: pair.slice(colon + 1) } : undefined;
}
