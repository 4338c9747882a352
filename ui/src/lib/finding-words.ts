import type { Finding } from '@nightjar/collector/contract';
import { quantityText } from './quantity.ts';

type Kind = Finding['kind'];
export type Severity = Finding['severity'];

const kinds: Readonly<Record<Kind, string>> = {
  n_plus_one: 'N+1',
  duplicate_query: 'Duplicate query',
  slow_statement: 'Slow statement',
  chatty_request: 'Chatty request',
  unbounded_select: 'Unbounded select',
  consecutive_queries: 'Queries in turn',
  pool_wait: 'Pool wait',
  http_in_transaction: 'HTTP in transaction',
};

export const kindWord = (kind: Kind): string => kinds[kind];

const kindOrder: readonly Kind[] = [
  'n_plus_one',
  'duplicate_query',
  'slow_statement',
  'chatty_request',
  'unbounded_select',
  'consecutive_queries',
  'pool_wait',
  'http_in_transaction',
];

export const kindChoices = kindOrder.map((value) => ({ value, label: kinds[value] }));

export const severities: readonly Severity[] = ['critical', 'high', 'medium', 'low'];

export function severityTone(severity: Severity): 'critical' | 'warning' | 'muted' {
  if (severity === 'critical') return 'critical';
  return severity === 'low' ? 'muted' : 'warning';
}

/** How somebody accepted it, and until when. */
export function acceptedText({ how, expires }: NonNullable<Finding['accepted']>): string {
  return expires === null ? how : `${how} until ${expires}`;
}

/** What it would save, said carefully: nothing is promised where nothing was estimated. */
export function savingText({ kind, savedMs }: Pick<Finding, 'kind' | 'savedMs'>): string {
  const about = savedMs > 0 ? `saves about ${quantityText('duration', savedMs)}` : '';
  switch (kind) {
    case 'n_plus_one':
      return about === '' ? 'could be 1 query' : `could be 1 query: ${about}`;
    case 'duplicate_query':
      return about === '' ? 'could be asked once' : `could be asked once: ${about}`;
    case 'consecutive_queries':
      return about === '' ? 'could run at once' : `could run at once: ${about}`;
    case 'http_in_transaction':
      return 'holds a connection and locks';
    case 'pool_wait':
    case 'slow_statement':
    case 'chatty_request':
    case 'unbounded_select':
      return about;
    default:
      return assertNever(kind);
  }
}

function assertNever(value: never): never {
  throw new Error(`unreachable kind ${String(value)}`);
}
