import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import type { ApiError } from '../contract/index.ts';
import { ApiFailure } from '../errors.ts';
import type { ApiErrorCode } from '../errors.ts';
import { fieldProblems, invalidBody } from './field-problems.ts';
import type { InvalidPart } from './field-problems.ts';

/** Turns an error of another layer into one of the registry; undefined when it is none it knows. */
export type Explain = (error: unknown) => ApiFailure | undefined;

export function createErrorHandler(explain: Explain) {
  return async (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
    const failure = failureOf(error, explain) ?? unexpected(error, request);
    if (failure.status >= 500) {
      request.log[failure.code === 'internal' ? 'error' : 'warn'](
        { err: failure.cause ?? failure, code: failure.code, url: request.routeOptions.url },
        'a request failed',
      );
    }
    if (failure.status === 503) void reply.header('retry-after', '1');
    return await reply.code(failure.status).type('application/json; charset=utf-8').send(errorBody(failure));
  };
}

export function errorBody(failure: ApiFailure): ApiError {
  const { code, message, remedy, fields } = failure;
  return { error: { code, message, remedy, ...(fields.length > 0 ? { fields: [...fields] } : {}) } };
}

function failureOf(error: FastifyError, explain: Explain): ApiFailure | undefined {
  if (error instanceof ApiFailure) return error;
  if (hasZodFastifySchemaValidationErrors(error)) return invalid(error);
  const code = codeByStatus[error.statusCode ?? 500];
  // Fastify and its plugins give their own errors a status; their messages are in plain words.
  if (code !== undefined) return new ApiFailure(code, undefined, { cause: error });
  return explain(error);
}

const codeByStatus: Readonly<Record<number, ApiErrorCode>> = {
  400: 'invalid_body',
  403: 'not_found',
  404: 'not_found',
  413: 'body_too_large',
  415: 'unsupported_media_type',
  429: 'rate_limited',
};

const sourceNames: Readonly<Record<string, string>> = {
  querystring: 'query parameter',
  params: 'path parameter',
  headers: 'header',
};

interface InvalidInput {
  readonly validation: readonly InvalidPart[];
  readonly validationContext?: string | undefined;
}

function invalid({ validation, validationContext: source = 'querystring' }: InvalidInput): ApiFailure {
  const parts = validation.slice(0, problemsMax);
  if (source === 'body') return invalidBody(fieldProblems(parts));
  const problems = parts.map((issue) => {
    const path = issue.instancePath.slice(1).replaceAll('/', '.');
    const problem = issue.message ?? 'is not valid';
    return path === '' ? problem : `${sourceNames[source] ?? source} ${path}: ${problem}`;
  });
  return new ApiFailure('invalid_parameter', `${problems.join('; ')}.`);
}

/** Problems named in one reply. */
const problemsMax = 20;

function unexpected(cause: unknown, request: FastifyRequest): ApiFailure {
  return new ApiFailure('internal', `The collector failed to answer (request ${request.id}).`, { cause });
}
