import { RE2JS } from 're2js';
import type { Alert, Labels, Matcher } from '../../schema/index.ts';

export const patternLengthMax = 1_000;

export type LabelTest = (labels: Labels) => boolean;

/** What silences and inhibitions look at: the alert's labels and what the messages say of it under the same names. */
export function subjectOf(
  alert: Pick<Alert, 'labels' | 'ruleName' | 'ruleUid' | 'severity'> & { readonly kind: string },
): Labels {
  const { labels, ruleName, ruleUid, severity, kind } = alert;
  return { ...labels, alertname: ruleName, rule_uid: ruleUid, severity, alert_kind: kind };
}

/** True when all matchers hold. A label that is missing is empty. RE2, so that no pattern can take long. */
export function compileMatchers(matchers: readonly Matcher[]): LabelTest {
  const tests = matchers.map(compileMatcher);
  return (labels) => tests.every((test) => test(labels));
}

/** Why a matcher cannot be used; undefined when it can. To be asked before one is stored. */
export function matcherProblem({ op, value }: Matcher): string | undefined {
  if (op === '=' || op === '!=') return undefined;
  if (value.length > patternLengthMax) return `the pattern is longer than ${patternLengthMax} characters`;
  return compilePattern(value) === undefined ? `${value} is not a regular expression of RE2` : undefined;
}

function compileMatcher({ label, op, value }: Matcher): LabelTest {
  switch (op) {
    case '=':
      return (labels) => (labels[label] ?? '') === value;
    case '!=':
      return (labels) => (labels[label] ?? '') !== value;
    case '=~':
    case '!~': {
      const pattern = compilePattern(value);
      // A pattern that cannot be read holds nothing back: rather a message too many than one too few.
      if (pattern === undefined) return () => false;
      return (labels) => pattern.matches(labels[label] ?? '') === (op === '=~');
    }
    default:
      return assertNever(op);
  }
}

function compilePattern(value: string): RE2JS | undefined {
  if (value.length > patternLengthMax) return undefined;
  try {
    return RE2JS.compile(value, RE2JS.DOTALL);
  } catch {
    return undefined;
  }
}

function assertNever(value: never): never {
  throw new Error(`unreachable operator ${String(value)}`);
}
