// The one place that talks to the collector. Requests and answers are typed by the contract, and answers are checked
// against it: what a page gets has the shape it was promised.
import { apiPrefix, endpoints, errorSchema } from '@nightjar/collector/contract';
import type {
  BodyOf,
  EndpointName,
  FieldProblem,
  ParamsOf,
  QueryOf,
  ResponseOf,
} from '@nightjar/collector/contract';

export type CallInput<Name extends EndpointName> = Readonly<{
  params?: ParamsOf<Name>;
  query?: QueryOf<Name>;
  body?: BodyOf<Name>;
  signal?: AbortSignal;
}>;

type Fault = Readonly<{
  code: string;
  message: string;
  remedy: string;
  fields?: readonly FieldProblem[] | undefined;
}>;

/** What went wrong, why, and what to do: the three things a failed page says. */
export class ApiFailure extends Error {
  readonly status: number;
  readonly code: string;
  readonly remedy: string;
  /** What is wrong with single fields of what was sent. */
  readonly fields: readonly FieldProblem[];

  constructor(status: number, fault: Fault) {
    super(fault.message);
    this.status = status;
    this.code = fault.code;
    this.remedy = fault.remedy;
    this.fields = fault.fields ?? [];
  }
}

const timeoutMs = 30_000;

export async function callApi<Name extends EndpointName>(
  name: Name,
  input: CallInput<Name>,
): Promise<ResponseOf<Name>> {
  const { method, response } = endpoints[name];
  const timeout = AbortSignal.timeout(timeoutMs);
  const answer = await reach(requestPath(name, input), {
    method,
    credentials: 'same-origin',
    headers: input.body === undefined ? {} : { 'content-type': 'application/json' },
    body: input.body === undefined ? null : JSON.stringify(input.body),
    signal: input.signal === undefined ? timeout : AbortSignal.any([input.signal, timeout]),
  });
  const json: unknown = await answer.json().catch(() => undefined);
  if (!answer.ok) throw refusal(answer.status, json);
  const parsed = response.safeParse(json);
  if (parsed.success) return parsed.data as ResponseOf<Name>;
  const first = parsed.error.issues[0];
  throw new ApiFailure(answer.status, {
    code: 'unexpected_answer',
    message: `The collector answered in a shape this dashboard does not know (${name}: ${first?.path.join('.') ?? ''} ${first?.message ?? ''}).`,
    remedy: 'Reload the page. If it stays, the dashboard and the collector are of different versions.',
  });
}

export function requestPath<Name extends EndpointName>(name: Name, input: CallInput<Name>): string {
  const values = new Map<string, unknown>(Object.entries(input.params ?? {}));
  const path = endpoints[name].path.replace(/:(\w+)/g, (_, key: string) =>
    encodeURIComponent(plainText(values.get(key))),
  );
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(input.query ?? {})) {
    const text = plainText(value);
    if (text !== '') query.set(key, text);
  }
  const text = query.toString();
  return apiPrefix + path + (text === '' ? '' : `?${text}`);
}

function plainText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : '';
}

async function reach(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, init);
  } catch (cause) {
    // A page that left, not a fault.
    if (init.signal?.reason instanceof DOMException && init.signal.reason.name === 'AbortError') throw cause;
    const isSlow = cause instanceof DOMException && cause.name === 'TimeoutError';
    throw new ApiFailure(0, {
      code: isSlow ? 'timeout' : 'unreachable',
      message: isSlow
        ? `The collector did not answer within ${timeoutMs / 1000} s.`
        : 'The collector cannot be reached.',
      remedy: isSlow
        ? 'Choose a shorter time range, or try again.'
        : 'Check that it runs (npm start) and that this page was opened from its address.',
    });
  }
}

function refusal(status: number, json: unknown): ApiFailure {
  const parsed = errorSchema.safeParse(json);
  if (parsed.success) return new ApiFailure(status, parsed.data.error);
  return new ApiFailure(status, {
    code: 'http',
    message: `The collector answered with status ${status}.`,
    remedy: 'Try again. If it stays, look at the log of the collector.',
  });
}
