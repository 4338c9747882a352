import { explainIssues } from '@nightjar/alerts/schema';
import { z } from 'zod';
import { ApiFailure } from '../errors.ts';
import type { FieldProblem } from '../errors.ts';

/** A zod issue as Fastify hands it on. */
export interface InvalidPart {
  readonly instancePath: string;
  readonly keyword?: string | undefined;
  readonly message?: string | undefined;
  readonly params?: Readonly<Record<string, unknown>> | undefined;
}

/** The zod issues of a body, each at its field, in words a person can act on. */
export function fieldProblems(parts: readonly InvalidPart[]): FieldProblem[] {
  return parts.flatMap(({ instancePath, keyword = 'custom', message = 'is not valid', params = {} }) => {
    const path = instancePath.split('/').filter((part) => part !== '');
    // What Fastify hands on is the issue itself, taken apart.
    const issue = { ...params, code: keyword, path, message } as z.core.$ZodIssue;
    return explained(new z.ZodError([issue]));
  });
}

/** The same for a body that a handler has parsed itself. */
export function explained(error: z.ZodError): FieldProblem[] {
  return explainIssues(error, '').map((line) => {
    const end = line.indexOf(': ');
    return { path: line.slice(0, end), problem: line.slice(end + 2) };
  });
}

export function invalidBody(fields: readonly FieldProblem[]): ApiFailure {
  const problems = fields.map(({ path, problem }) =>
    path === '' ? problem : `body field ${path}: ${problem}`,
  );
  return new ApiFailure('invalid_body', `${problems.join('; ')}.`, { fields });
}
