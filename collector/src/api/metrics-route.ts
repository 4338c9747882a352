import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ApiFailure } from '../errors.ts';
import type { LoginGate } from './login.ts';
import { tokenOf } from './session-routes.ts';

/** Scrapes from one address a minute: with a login configured each costs a password check. */
export const scrapesPerMinuteMax = 60;

export interface MetricsRouteOptions {
  readonly gate: LoginGate;
  readonly metricsText: () => Promise<string>;
}

/** `/metrics` for Prometheus. With a login configured it takes the session, or the same pair as HTTP Basic. */
export function registerMetricsRoute(app: FastifyInstance, { gate, metricsText }: MetricsRouteOptions): void {
  app.get(
    '/metrics',
    {
      schema: { hide: true },
      config: { rateLimit: { max: scrapesPerMinuteMax, timeWindow: 60_000 } },
    },
    async (request, reply) => {
      if (!(await isAllowed(request, gate))) {
        void reply.header('www-authenticate', 'Basic realm="nightjar"');
        throw new ApiFailure('login_required');
      }
      return await reply.type('text/plain; version=0.0.4; charset=utf-8').send(await metricsText());
    },
  );
}

async function isAllowed(request: FastifyRequest, gate: LoginGate): Promise<boolean> {
  if (await gate.isOpen(tokenOf(request))) return true;
  const basic = /^Basic ([A-Za-z0-9+/=]{4,2000})$/i.exec(request.headers.authorization ?? '')?.[1];
  if (basic === undefined) return false;
  const pair = Buffer.from(basic, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  return colon > 0 && (await gate.matches(pair.slice(0, colon), pair.slice(colon + 1)));
}
