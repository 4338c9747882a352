import { durationMs } from '../../schema/index.ts';
import type { ExpectedEvent, Labels, RuleTest, Severity } from '../../schema/index.ts';

export interface ToldEvent {
  /** Since the first tick. */
  readonly atMs: number;
  readonly kind: ExpectedEvent['kind'];
  readonly group: Labels;
  readonly severity: Severity;
  readonly reason: string | null;
  /** Title of the message. */
  readonly text: string;
}

/** Sentences on what was expected and not told, and on what was told and not expected. */
export function compareEvents(expected: RuleTest['expect'], told: readonly ToldEvent[]): string[] {
  const left = [...told];
  const problems: string[] = [];
  for (const { at, events } of expected) {
    for (const event of events) {
      const index = left.findIndex((it) => it.atMs === durationMs(at) && isSame(it, event));
      if (index >= 0) left.splice(index, 1);
      else problems.push(`expected at ${at}: ${wordsOf(event)}`);
    }
  }
  for (const event of left) problems.push(`told at ${clock(event.atMs)}: ${wordsOf(event)} — ${event.text}`);
  return problems;
}

function isSame(told: ToldEvent, { kind, group, severity, reason }: ExpectedEvent): boolean {
  return (
    told.kind === kind &&
    (severity === undefined || told.severity === severity) &&
    (reason === undefined || told.reason === reason) &&
    Object.entries(group ?? {}).every(([label, value]) => told.group[label] === value)
  );
}

function wordsOf(
  event: Pick<ExpectedEvent, 'kind' | 'group' | 'severity'> & { reason?: string | null | undefined },
): string {
  const group = Object.entries(event.group ?? {}).map(([label, value]) => `${label}="${value}"`);
  return [
    event.kind,
    ...(event.severity === undefined ? [] : [event.severity]),
    ...(group.length === 0 ? [] : [`{${group.join(', ')}}`]),
    ...(event.reason === undefined || event.reason === null ? [] : [`(${event.reason})`]),
  ].join(' ');
}

function clock(ms: number): string {
  const units: readonly (readonly [string, number])[] = [
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1_000],
  ];
  let rest = ms;
  let text = '';
  for (const [unit, size] of units) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) text += `${count}${unit}`;
  }
  return text === '' ? '0s' : text;
}
