import type { z } from 'zod';

/** Each zod issue as one line a person can act on: `path: problem, remedy`. `whole` names what has no path. */
export function explainIssues(error: z.ZodError, whole = 'rule'): string[] {
  return error.issues.flatMap((issue) => explainIssue(issue, whole));
}

function explainIssue(issue: z.core.$ZodIssue, whole: string): string[] {
  const at = issue.path.length === 0 ? whole : pathText(issue.path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map(
        (key) => `${pathText([...issue.path, key])}: unknown field, remove it or check its spelling`,
      );
    case 'invalid_value':
      return [`${at}: not one of the allowed values, write ${issue.values.map(String).join(', ')}`];
    case 'invalid_union':
      return [`${at}: ${unionProblem(issue)}`];
    case 'invalid_type':
      return [
        issue.message.includes('received undefined')
          ? `${at}: missing, add a value of type ${issue.expected}`
          : `${at}: wrong type, write a value of type ${issue.expected}`,
      ];
    case 'too_big':
    case 'too_small':
      return [`${at}: ${sizeProblem(issue)}`];
    case 'custom':
    case 'invalid_element':
    case 'invalid_format':
    case 'invalid_key':
    case 'not_multiple_of':
      return [`${at}: ${issue.message}`];
    default:
      return assertNever(issue);
  }
}

function unionProblem(issue: z.core.$ZodIssueInvalidUnion): string {
  // Of a union without a tag, such as `never` or a duration, the last form is the one people mean to write.
  const form = issue.errors.at(-1)?.[0];
  return form === undefined ? issue.message : form.message;
}

function sizeProblem(issue: z.core.$ZodIssueTooBig | z.core.$ZodIssueTooSmall): string {
  // Messages of our own do not begin with zod's words.
  if (!/^Too (big|small)/.test(issue.message)) return issue.message;
  const limit = issue.code === 'too_big' ? issue.maximum : issue.minimum;
  const side = issue.code === 'too_big' ? 'at most' : 'at least';
  const strictly = issue.inclusive === false ? ' (exclusive)' : '';
  return `out of range, write ${side} ${String(limit)}${strictly}`;
}

function pathText(path: readonly PropertyKey[]): string {
  return path.map(String).join('.');
}

function assertNever(value: never): never {
  throw new Error(`unreachable issue ${JSON.stringify(value)}`);
}
