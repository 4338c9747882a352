import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { apiPrefix, endpoints } from '../contract/index.ts';
import { ApiFailure } from '../errors.ts';
import { endpointSchema } from './endpoint-schema.ts';
import type { LoginAttempts } from './login-attempts.ts';
import { sessionLifetimeMs } from './login.ts';
import type { LoginGate } from './login.ts';

const cookieName = 'nightjar_session';

export interface SessionRoutesOptions {
  readonly gate: LoginGate;
  readonly attempts: LoginAttempts;
  /** The dashboard is reached over https. */
  readonly isSecure: boolean;
}

export function tokenOf(request: FastifyRequest): string | undefined {
  return request.cookies[cookieName];
}

export function registerSessionRoutes(
  app: FastifyInstance,
  { gate, attempts, isSecure }: SessionRoutesOptions,
): void {
  const typed = app.withTypeProvider<ZodTypeProvider>();
  const cookie = { path: '/', httpOnly: true, sameSite: 'strict', secure: isSecure } as const;
  const url = `${apiPrefix}/session`;
  const state = async (token: string | undefined) => ({
    isLoginRequired: gate.isLoginRequired,
    isLoggedIn: await gate.isOpen(token),
  });

  typed.route({
    method: 'GET',
    url,
    schema: endpointSchema('session'),
    handler: async (request) => await state(tokenOf(request)),
  });
  typed.route({
    method: 'POST',
    url,
    schema: { ...endpointSchema('login'), body: endpoints.login.body },
    onRequest: async (request, reply) => {
      await attempts.count(request, reply);
    },
    handler: async (request, reply) => {
      if (!gate.isLoginRequired) return await state(undefined);
      const token = await gate.open(request.body.user, request.body.password);
      if (token === undefined) throw new ApiFailure('login_wrong');
      void reply.setCookie(cookieName, token, { ...cookie, maxAge: sessionLifetimeMs / 1_000 });
      return await state(token);
    },
  });
  typed.route({
    method: 'DELETE',
    url,
    schema: endpointSchema('logout'),
    handler: async (request, reply) => {
      await gate.close(tokenOf(request));
      void reply.clearCookie(cookieName, cookie);
      return await state(undefined);
    },
  });
}
