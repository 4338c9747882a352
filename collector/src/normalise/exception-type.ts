import { attributeKey, attributeText } from '../model/attribute-list.ts';
import { NAME_BYTES_MAX } from '../model/limits.ts';
import type { SpanRecord } from '../model/records.ts';

/** What failed, when `error.type` does not say: the type of the last exception event, or ''. */
export function exceptionTypeOf(record: SpanRecord): string {
  const { events, nested, bytes } = record;
  for (let event = events.count - 1; event >= 0; event--) {
    const to = events.attributesTo[event] ?? 0;
    for (let i = events.attributesFrom[event] ?? 0; i < to; i++) {
      if (attributeKey(nested, bytes, i) === 'exception.type') {
        return attributeText(nested, bytes, i).slice(0, NAME_BYTES_MAX);
      }
    }
  }
  return '';
}
