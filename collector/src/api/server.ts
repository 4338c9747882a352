import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import Fastify, { LogController } from 'fastify';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { jsonSchemaTransform, serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import type { Logger } from 'pino';
import { apiPrefix } from '../contract/index.ts';
import { ApiFailure } from '../errors.ts';
import { inlineScriptHashes, serveDashboard } from './dashboard.ts';
import { registerDataRoutes } from './data-routes.ts';
import type { EndpointHandlers } from './endpoint-handlers.ts';
import { checkHost, checkOrigin } from './guards.ts';
import { createLoginAttempts } from './login-attempts.ts';
import type { LoginGate } from './login.ts';
import { registerMetricsRoute } from './metrics-route.ts';
import { pagerDutyPath, registerPagerDutyRoute } from './pagerduty-route.ts';
import type { PagerDutyInbox } from './pagerduty-route.ts';
import { createErrorHandler } from './replies.ts';
import type { Explain } from './replies.ts';
import { registerSessionRoutes, tokenOf } from './session-routes.ts';
import { answerUnreadableAddress, answerUnreadableRequest } from './unreadable.ts';

export interface ApiOptions {
  readonly handlers: EndpointHandlers;
  readonly gate: LoginGate;
  readonly explain: Explain;
  readonly pagerDutyInbox: PagerDutyInbox;
  /** Prometheus text. */
  readonly metricsText: () => Promise<string>;
  readonly now: () => number;
  readonly log: Logger;
  readonly uiDir: string;
  readonly version: string;
  readonly isLoopback: boolean;
  readonly publicUrl: string | undefined;
}

const bodyBytesMax = 64 * 1024;
/** Sockets open at once; browsers and scrapers take a handful each. */
const connectionsMax = 1_000;
const requestTimeoutMs = 30_000;
const connectionTimeoutMs = 120_000;

/** The dashboard's server: `/api/v1`, `/metrics` and the static files, behind host, origin and login checks. */
export async function createApi(options: ApiOptions): Promise<{ readonly app: FastifyInstance }> {
  const loggerInstance: FastifyBaseLogger = options.log;
  const app = Fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: bodyBytesMax,
    requestTimeout: requestTimeoutMs,
    connectionTimeout: connectionTimeoutMs,
    forceCloseConnections: 'idle',
    frameworkErrors: answerUnreadableAddress,
    clientErrorHandler: answerUnreadableRequest,
    routerOptions: { maxParamLength: 2_000 },
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(createErrorHandler(options.explain));
  await registerHeaders(app, options);
  await app.register(cookie);
  await app.register(rateLimit, { global: false, cache: 5_000 });
  await registerOpenApi(app, options.version);
  registerGuards(app, options);
  const attempts = createLoginAttempts(app);
  registerSessionRoutes(app, { gate: options.gate, attempts, isSecure: isSecure(options) });
  registerDataRoutes(app, options);
  await registerPagerDutyRoute(app, options.pagerDutyInbox);
  registerMetricsRoute(app, { ...options, attempts });
  await serveDashboard(app, options.uiDir);
  app.server.maxConnections = connectionsMax;
  await app.ready();
  // In an object, because the instance is thenable and would be awaited away.
  return { app };
}

function registerGuards(app: FastifyInstance, options: ApiOptions): void {
  app.decorateRequest('isTrusted', false);
  app.addHook('onRequest', async (request) => {
    checkHost(request, options);
    checkOrigin(request, options);
    // The route as matched, never the raw address: that can be spelled in many ways (%61pi) and still match.
    const route = request.routeOptions.url;
    if (route?.startsWith('/api/') !== true) return;
    request.isTrusted = await options.gate.isOpen(tokenOf(request));
    if (!request.isTrusted && !openRoutes.has(route)) throw new ApiFailure('login_required');
  });
}

declare module 'fastify' {
  interface FastifyRequest {
    isTrusted: boolean;
  }
}

/** Routes that answer strangers too. */
const openRoutes: ReadonlySet<string> = new Set([
  `${apiPrefix}/health`,
  `${apiPrefix}/session`,
  pagerDutyPath,
]);

function isSecure({ publicUrl }: ApiOptions): boolean {
  return publicUrl?.startsWith('https:') === true;
}

async function registerHeaders(app: FastifyInstance, options: ApiOptions): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'", ...inlineScriptHashes(options.uiDir)],
        // Mantine and recharts set styles on elements as they render.
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'", 'data:'],
        connectSrc: ["'self'"],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    // Only an address that is https may promise to stay so.
    hsts: isSecure(options),
    frameguard: { action: 'deny' },
    referrerPolicy: { policy: 'same-origin' },
  });
}

async function registerOpenApi(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Nightjar',
        version,
        description: 'Services, traces, findings, queues and alerts of one collector.',
      },
      components: {
        securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: 'nightjar_session' } },
      },
    },
    transform: jsonSchemaTransform,
  });
  app.get(`${apiPrefix}/openapi.json`, { schema: { hide: true } }, async () => app.swagger());
}
