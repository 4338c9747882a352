import type { Trace } from '@nightjar/collector/contract';
import type { OtlpTraces } from './otlp.ts';

type Span = Trace['spans'][number];
const kinds: Readonly<Record<Span['kind'], number>> = {
  unspecified: 0,
  internal: 1,
  server: 2,
  client: 3,
  producer: 4,
  consumer: 5,
};
const statusCodes: Readonly<Record<Span['status']['code'], number>> = { unset: 0, ok: 1, error: 2 };

/** A stored trace as an SDK other than ours would have sent it: none of the agent's attributes, no events. */
export function plainOtlp(trace: Trace): OtlpTraces {
  return {
    resourceSpans: trace.spans.map((span) => ({
      resource: {
        attributes: attributesOf(trace.resources[span.resourceId] ?? { 'service.name': span.service }),
      },
      scopeSpans: [
        {
          scope: { name: span.scope.name, version: span.scope.version },
          spans: [
            {
              traceId: span.traceId,
              spanId: span.spanId,
              parentSpanId: span.parentSpanId,
              name: span.name,
              kind: kinds[span.kind],
              startTimeUnixNano: span.startTimeUnixNano,
              endTimeUnixNano: String(BigInt(span.startTimeUnixNano) + BigInt(span.durationNs)),
              attributes: attributesOf(span.attributes),
              status: { code: statusCodes[span.status.code], message: span.status.message },
            },
          ],
        },
      ],
    })),
  };
}

function attributesOf(attributes: Span['attributes']): { key: string; value: Record<string, unknown> }[] {
  return Object.entries(attributes)
    .filter(([key]) => !key.startsWith('nightjar.'))
    .map(([key, value]) => ({ key, value: anyValue(value) }));
}

function anyValue(value: string | number | boolean): Record<string, unknown> {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}
