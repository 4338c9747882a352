import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import { apiPrefix, endpoints, instantMs, instantSchema } from '../contract/index.ts';
import type { EndpointName } from '../contract/index.ts';
import { ApiFailure } from '../errors.ts';
import type { Caller, DataEndpoint, EndpointHandlers } from './endpoint-handlers.ts';
import { endpointSchema } from './endpoint-schema.ts';
import type { LoginGate } from './login.ts';

/** Requests that may wait for the database at once. */
export const queriesInFlightMax = 64;

export interface DataRoutesOptions {
  readonly handlers: EndpointHandlers;
  readonly gate: Pick<LoginGate, 'user'>;
  readonly now: () => number;
}

/** A route for every endpoint of the contract but those of the session. */
export function registerDataRoutes(app: FastifyInstance, { handlers, gate, now }: DataRoutesOptions): void {
  const { user } = gate;
  let inFlight = 0;
  for (const name of Object.keys(endpoints).filter(isDataEndpoint)) {
    const endpoint = endpoints[name];
    // The compiler cannot follow that the schema under `name` parses what the handler under `name` takes.
    const handle = handlers[name] as (input: unknown, caller: Caller) => Promise<unknown>;
    app.route({
      method: endpoint.method,
      url: `${apiPrefix}${endpoint.path}`,
      schema: endpointSchema(name),
      handler: async (request, reply) => {
        checkRange(request.query, now());
        if (inFlight >= queriesInFlightMax) throw new ApiFailure('overloaded');
        inFlight += 1;
        try {
          return await handle(
            { params: request.params, query: request.query, body: request.body },
            {
              isTrusted: request.isTrusted,
              user: request.isTrusted ? user : undefined,
              signal: goneSignal(reply),
            },
          );
        } finally {
          inFlight -= 1;
        }
      },
    });
  }
}

function goneSignal(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) gone.abort();
  });
  return gone.signal;
}

function isDataEndpoint(name: string): name is DataEndpoint {
  return !(['session', 'login', 'logout'] satisfies EndpointName[] as string[]).includes(name);
}

const bounds = z.object({ from: instantSchema, to: instantSchema });

function checkRange(query: unknown, nowMs: number): void {
  const range = bounds.safeParse(query).data;
  if (range === undefined || instantMs(range.from, nowMs) < instantMs(range.to, nowMs)) return;
  throw new ApiFailure(
    'invalid_parameter',
    `query parameter from: ${range.from} is not before to (${range.to}).`,
  );
}
