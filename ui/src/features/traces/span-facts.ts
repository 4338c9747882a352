import type { Span } from '@nightjar/collector/contract';

type AttributeMap = Span['attributes'];

/** The statement of a database span, by new or old names. */
export function statementOf(attributes: AttributeMap): { text: string; system: string } | undefined {
  const text = attributes['db.query.text'] ?? attributes['db.statement'];
  if (typeof text !== 'string' || text === '') return undefined;
  return { text, system: String(attributes['db.system.name'] ?? attributes['db.system'] ?? '') };
}

/** `src/routes/orders.ts:42 in listOrders`, as far as it is known. */
export function callSiteOf(attributes: AttributeMap): string | undefined {
  const file = attributes['code.file.path'] ?? attributes['code.filepath'];
  if (typeof file !== 'string') return undefined;
  const line = attributes['code.line.number'] ?? attributes['code.lineno'];
  const name = attributes['code.function.name'] ?? attributes['code.function'];
  return `${file}${line === undefined ? '' : `:${String(line)}`}${typeof name === 'string' && name !== '' ? ` in ${name}` : ''}`;
}

export function eventOffsetMs(span: Pick<Span, 'startTimeUnixNano'>, timeUnixNano: string): number {
  return Number(BigInt(timeUnixNano) - BigInt(span.startTimeUnixNano)) / 1e6;
}
