import { apiPrefix, endpoints, findingsSchema, operationsSchema } from '../contract/index.ts';
import { z } from 'zod';
import { CiFailure } from './failure.ts';

/** What a collector has seen of a service in the last 7 days. */
export interface Production {
  readonly service: string;
  /** Mean queries a request of an operation; operations that nobody counted are left out. */
  readonly queries: ReadonlyMap<string, number>;
  readonly nPlusOnes: readonly {
    readonly id: string;
    readonly fingerprint: string;
    readonly operation: string;
  }[];
}

export interface ProductionSource {
  /** User and password in the address log in. */
  readonly collector: URL;
  readonly service: string;
}

const RANGE = 'now-7d';
const FINDINGS_MAX = 1_000;
const TIMEOUT_MS = 15_000;

export async function readProduction({ collector, service }: ProductionSource): Promise<Production> {
  const cookie = collector.username === '' ? undefined : await logIn(collector);
  const path = endpoints.operations.path.replace(':service', encodeURIComponent(service));
  const [{ operations }, { findings }] = await Promise.all([
    read({ collector, cookie, path, query: { from: RANGE } }, operationsSchema),
    read(
      {
        collector,
        cookie,
        path: endpoints.findings.path,
        query: { from: RANGE, service, kind: 'n_plus_one', limit: String(FINDINGS_MAX) },
      },
      findingsSchema,
    ),
  ]);
  return {
    service,
    queries: new Map(
      operations.flatMap(({ operation, queriesPerRequest }) =>
        queriesPerRequest === null ? [] : [[operation, queriesPerRequest] as const],
      ),
    ),
    nPlusOnes: findings.map(({ id, fingerprint, operation }) => ({ id, fingerprint, operation })),
  };
}

interface Question {
  readonly collector: URL;
  readonly cookie: string | undefined;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
}

async function read<Schema extends z.ZodType>(question: Question, schema: Schema): Promise<z.output<Schema>> {
  const { collector, cookie, path, query } = question;
  const url = addressOf(collector, path);
  url.search = new URLSearchParams(query).toString();
  const response = await ask(url, { headers: cookie === undefined ? {} : { cookie } });
  if (response.status === 401)
    return await refuse(
      response,
      `the collector at ${collector.origin} asks for a login: write --collector http://user:password@host`,
    );
  if (!response.ok)
    return await refuse(
      response,
      `the collector at ${collector.origin} answered ${response.status} to ${path}`,
    );
  const parsed = schema.safeParse(await bodyOf(response));
  if (parsed.success) return parsed.data;
  throw new CiFailure(69, `what answers at ${collector.origin} is no collector of this version`);
}

async function logIn(collector: URL): Promise<string> {
  const response = await ask(addressOf(collector, endpoints.login.path), {
    method: endpoints.login.method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      user: decodeURIComponent(collector.username),
      password: decodeURIComponent(collector.password),
    }),
  });
  if (!response.ok)
    return await refuse(
      response,
      `the collector at ${collector.origin} refused the login: ${response.status}`,
    );
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';', 1)[0] ?? '')
    .join('; ');
}

function addressOf(collector: URL, path: string): URL {
  const url = new URL(collector);
  url.username = '';
  url.password = '';
  url.hash = '';
  url.pathname = `${collector.pathname.replace(/\/+$/, '')}${apiPrefix}${path}`;
  return url;
}

async function ask(url: URL, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...init, redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch (cause) {
    throw new CiFailure(69, `the collector at ${url.origin} does not answer`, { cause });
  }
}

/** An answer that is not read would hold its connection, and the process with it. */
async function refuse(response: Response, message: string): Promise<never> {
  await response.body?.cancel();
  throw new CiFailure(69, message);
}

async function bodyOf(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return undefined;
  }
}
