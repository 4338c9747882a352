import type { z } from 'zod';
import {
  apiPrefix,
  endpoints,
  errorSchema,
  metricListSchema,
  previewSchema,
  ruleExportSchema,
  rulesSchema,
} from '../contract/index.ts';
import type { RulePreview, Rules } from '../contract/index.ts';
import { RulesFailure } from './failure.ts';

/** What the commands ask of a collector that runs. */
export interface CollectorClient {
  listRules(): Promise<Rules>;
  exportRules(): Promise<string>;
  /** Names of metrics that arrived within a day. */
  metricNames(): Promise<readonly string[]>;
  /** A sentence when the collector refuses the rule. */
  preview(rule: unknown, days: number): Promise<RulePreview | string>;
}

const timeoutMs = 15_000;
const previewTimeoutMs = 60_000;

/** User and password in the address log in. */
export async function connect(collector: URL): Promise<CollectorClient> {
  const cookie = collector.username === '' ? undefined : await logIn(collector);
  const call = async (
    path: string,
    given: { readonly query?: Record<string, string>; readonly body?: unknown } = {},
  ) => {
    const url = addressOf(collector, path);
    url.search = new URLSearchParams(given.query).toString();
    const headers = { 'content-type': 'application/json', ...(cookie === undefined ? {} : { cookie }) };
    const isPost = given.body !== undefined;
    return await ask(url, {
      method: isPost ? 'POST' : 'GET',
      headers,
      ...(isPost ? { body: JSON.stringify(given.body) } : {}),
      signal: AbortSignal.timeout(isPost ? previewTimeoutMs : timeoutMs),
    });
  };
  const read = async <Schema extends z.ZodType>(
    response: Response,
    schema: Schema,
  ): Promise<z.output<Schema>> => {
    const body = await bodyOf(response);
    if (response.status === 401)
      throw new RulesFailure(
        69,
        `the collector at ${collector.origin} asks for a login: write --url http://user:password@host`,
      );
    if (!response.ok)
      throw new RulesFailure(
        69,
        `the collector at ${collector.origin} answered ${response.status}${said(body)}`,
      );
    const parsed = schema.safeParse(body);
    if (parsed.success) return parsed.data;
    throw new RulesFailure(69, `what answers at ${collector.origin} is no collector of this version`);
  };
  return {
    listRules: async () => await read(await call(endpoints.rules.path), rulesSchema),
    exportRules: async () => (await read(await call(endpoints.exportRules.path), ruleExportSchema)).yaml,
    metricNames: async () => {
      const answer = await call(endpoints.metrics.path, { query: { from: 'now-1d' } });
      return (await read(answer, metricListSchema)).metrics.map(({ name }) => name);
    },
    preview: async (rule, days) => {
      const response = await call(endpoints.previewRule.path, { body: { rule, from: `now-${days}d` } });
      if (response.status === 400 || response.status === 422)
        return said(await bodyOf(response)).replace(/^: /, '');
      return await read(response, previewSchema);
    },
  };
}

async function logIn(collector: URL): Promise<string> {
  const response = await ask(addressOf(collector, endpoints.login.path), {
    method: endpoints.login.method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      user: decodeURIComponent(collector.username),
      password: decodeURIComponent(collector.password),
    }),
    signal: AbortSignal.timeout(timeoutMs),
  });
  await response.body?.cancel();
  if (!response.ok)
    throw new RulesFailure(69, `the collector at ${collector.origin} refused the login: ${response.status}`);
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
    return await fetch(url, { ...init, redirect: 'error' });
  } catch (cause) {
    throw new RulesFailure(69, `the collector at ${url.origin} does not answer`, { cause });
  }
}

async function bodyOf(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return undefined;
  }
}

function said(body: unknown): string {
  const parsed = errorSchema.safeParse(body);
  if (!parsed.success) return '';
  const { message, fields } = parsed.data.error;
  const first = fields?.[0];
  return `: ${first === undefined ? message : `${first.path}: ${first.problem}`}`;
}
