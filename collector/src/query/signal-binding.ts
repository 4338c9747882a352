import { QUEUE_DEPTH_METRIC, QUEUE_OLDEST_AGE_METRIC } from '@nightjar/agent/attributes';
import type { Signal } from '@nightjar/alerts/schema';

export type BoundTexts = Readonly<Record<string, string | number>>;

/** Labels of the table that counts queries a request. */
export const queriesLabels = ['service', 'operation', 'environment', 'release'] as const;

/** Names under which a queue's measures arrive, and the divisor that turns one into the signal's unit. */
export const queueMetrics: Readonly<Record<Extract<Signal, { kind: 'queue' }>['metric'], readonly string[]>> =
  {
    depth: [QUEUE_DEPTH_METRIC],
    oldest_age: [QUEUE_OLDEST_AGE_METRIC],
    lag: ['kafka.consumer.lag', 'kafka.consumer_group.lag', 'messaging.kafka.consumer.lag'],
  };

/** A label as a column, from a list. Throws for others: rules on them are wrong. */
export function listed(columns: readonly string[], kind: string): (label: string) => string {
  return (label) => {
    if (!columns.includes(label)) throw new Error(`signal ${kind} has no label ${JSON.stringify(label)}`);
    return `toString(t.${label})`;
  };
}

const pointColumns: ReadonlySet<string> = new Set(['service', 'environment', 'queue']);

/** A label of a metric point: a column, or an attribute by bound name. */
export function pointLabel(binding: Binding): (label: string) => string {
  return (label) =>
    pointColumns.has(label) ? `toString(t.${label})` : `t.attributes[${binding.add(label)}]`;
}

/** Texts on their way into a statement as bound parameters: never as text of it. */
export class Binding {
  readonly #bound: Record<string, string | number>;
  #count = 0;

  constructor(bound: Readonly<Record<string, number>>) {
    this.#bound = { ...bound };
  }

  get bound(): BoundTexts {
    return this.#bound;
  }

  add(text: string): string {
    const name = `text${this.#count}`;
    this.#count += 1;
    this.#bound[name] = text;
    return `{${name}:String}`;
  }

  addMs(epochMs: number): string {
    const name = `ms${this.#count}`;
    this.#count += 1;
    this.#bound[name] = epochMs;
    return `{${name}:Int64}`;
  }

  match(column: string, matcher: { readonly op: '=' | '!=' | '=~' | '!~'; readonly value: string }): string {
    switch (matcher.op) {
      case '=':
      case '!=':
        return `${column} ${matcher.op} ${this.add(matcher.value)}`;
      case '=~':
        return `match(${column}, ${this.add(`^(?:${matcher.value})$`)})`;
      case '!~':
        return `NOT match(${column}, ${this.add(`^(?:${matcher.value})$`)})`;
      default:
        return assertNever(matcher.op);
    }
  }
}

function assertNever(value: never): never {
  throw new Error(`unreachable ${JSON.stringify(value)}`);
}
