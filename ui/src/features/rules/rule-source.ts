import type { RuleSource } from '@nightjar/collector/contract';

/** Where a rule is changed. */
export function sourceText(source: RuleSource): string {
  switch (source.kind) {
    case 'file':
      return source.path;
    case 'ui':
      return source.changedBy === null ? 'made here' : `made here by ${source.changedBy}`;
    default:
      return assertNever(source);
  }
}

function assertNever(value: never): never {
  throw new Error(`unreachable source ${JSON.stringify(value)}`);
}
