import type { z } from 'zod';
import type { EndpointName, Endpoints, ResponseOf } from '../contract/index.ts';

/** Answered by the API itself, because they set and read the cookie. */
export type SessionEndpoint = 'session' | 'login' | 'logout';
export type DataEndpoint = Exclude<EndpointName, SessionEndpoint>;

export interface EndpointInput<Name extends EndpointName> {
  /** As parsed by the contract: defaults filled in, numbers are numbers. */
  readonly params: z.output<Endpoints[Name]['params']>;
  readonly query: z.output<Endpoints[Name]['query']>;
  readonly body: Endpoints[Name] extends { readonly body: infer Body extends z.ZodType }
    ? z.output<Body>
    : undefined;
}

export interface Caller {
  /** False only on a route that answers strangers too, when a login is configured and there is none. */
  readonly isTrusted: boolean;
  /** Who is logged in; undefined where no login is asked for. */
  readonly user: string | undefined;
  /** Aborted when whoever asked is gone: what is long may stop then. */
  readonly signal: AbortSignal;
}

export type EndpointHandler<Name extends EndpointName> = (
  input: EndpointInput<Name>,
  caller: Caller,
) => Promise<ResponseOf<Name>>;

/** What answers each endpoint of the contract. Throw `ApiFailure` for what the registry names. */
export type EndpointHandlers = { readonly [Name in DataEndpoint]: EndpointHandler<Name> };
