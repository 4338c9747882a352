import type { Span } from '@nightjar/collector/contract';

type AttributeMap = Span['attributes'];

/** The statement of a database span, by new or old names. */
export function statementOf(attributes: AttributeMap): { text: string; system: string } | undefined {
  const text = attributes['db.query.text'] ?? attributes['db.statement'];
  if (typeof text !== 'string' || text === '') return undefined;
  return { text, system: String(attributes['db.system.name'] ?? attributes['db.system'] ?? '') };
}

/** What a row says: the statement or the address called, where instrumentations name spans after the driver or the verb. */
export function labelOf(span: Pick<Span, 'name' | 'kind' | 'attributes'>): { text: string; isCode: boolean } {
  const statement = statementOf(span.attributes);
  if (statement !== undefined) return { text: statement.text.replace(/\s+/g, ' '), isCode: true };
  const called = span.kind === 'client' ? addressOf(span.attributes) : undefined;
  return { text: called ?? span.name, isCode: false };
}

function addressOf(attributes: AttributeMap): string | undefined {
  const method = attributes['http.request.method'] ?? attributes['http.method'];
  const url = URL.parse(String(attributes['url.full'] ?? attributes['http.url'] ?? ''));
  return url === null || method === undefined ? undefined : `${String(method)} ${url.host}${url.pathname}`;
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
