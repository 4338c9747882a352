import { FINDING_JSON } from '@nightjar/agent/attributes';
import type { Accepted, Finding } from '@nightjar/agent/detect';
import { z } from 'zod';
import { storedAttributes } from '../storage/stored-json.ts';
import type { SweptSpan } from './stored-trace.ts';

/** Findings of one request that are believed. */
export const reportedMax = 100;

/** What an agent, or whoever says it is one, may write as a finding. */
const hex16 = z
  .string()
  .regex(/^[0-9a-f]{16}$/i)
  .transform((text) => text.toLowerCase());
const spanIdOrNone = z.union([hex16, z.literal('')]);
const milliseconds = z.number().min(0).max(1e10);
const text = (max: number) => z.string().transform((given) => given.slice(0, max));

const reportedCompanion = z.object({
  fingerprint: hex16,
  statement: text(8_192),
  count: z.number().int().min(1).max(1e7),
  totalMs: milliseconds,
  memberSpanIds: z.array(hex16).max(5_000),
});

const reportedFinding = z.object({
  id: hex16,
  kind: z.enum([
    'n_plus_one',
    'duplicate_query',
    'slow_statement',
    'chatty_request',
    'unbounded_select',
    'consecutive_queries',
    'pool_wait',
    'http_in_transaction',
  ]),
  fingerprint: hex16,
  statement: text(8_192),
  count: z.number().int().min(1).max(1e7),
  totalMs: milliseconds,
  savedMs: milliseconds,
  severity: z.enum(['low', 'medium', 'high', 'critical']),
  confidence: z.enum(['low', 'medium', 'high']),
  isWrite: z.boolean(),
  callSite: z
    .object({ file: text(1_000), line: z.number().int().min(0).max(1e9), function: text(500) })
    .optional(),
  hint: text(4_000),
  reason: text(2_000),
  anchorSpanId: spanIdOrNone,
  sourceSpanId: spanIdOrNone.optional(),
  memberSpanIds: z.array(hex16).max(5_000),
  companions: z.array(reportedCompanion).max(reportedMax).optional(),
  accepted: z
    .object({
      how: z.enum(['ignored', 'acknowledged']),
      reason: text(2_000),
      expires: z
        .string()
        .regex(/^\d{4}-\d\d-\d\d$/)
        .optional(),
    })
    .optional(),
});

/**
 * The findings an agent wrote on its entry span; undefined when they are not all there or cannot be read, so that the
 * engine looks itself. Request, service and operation are the span's own: no agent speaks for another.
 */
export function reportedFindings(entry: SweptSpan, expected: number): readonly Finding[] | undefined {
  const found: Finding[] = [];
  for (const event of entry.findingEvents.slice(0, reportedMax)) {
    const finding = parseFinding(event);
    if (finding === undefined) return undefined;
    const { callSite, sourceSpanId, companions, accepted, ...rest } = finding;
    found.push({
      ...rest,
      ...(callSite === undefined ? {} : { callSite }),
      ...(companions === undefined ? {} : { companions }),
      ...(accepted === undefined ? {} : { accepted: acceptedOf(accepted) }),
      ...(sourceSpanId === undefined || sourceSpanId === '' ? {} : { sourceSpanId }),
      scopeSpanId: entry.spanId,
      service: entry.service,
      operation: entry.operation,
    });
  }
  return found.length < Math.min(expected, reportedMax) ? undefined : found;
}

function acceptedOf({ how, reason, expires }: z.infer<typeof reportedFinding>['accepted'] & {}): Accepted {
  return expires === undefined ? { how, reason } : { how, reason, expires };
}

function parseFinding(event: string): z.infer<typeof reportedFinding> | undefined {
  const json = storedAttributes(event)[FINDING_JSON];
  if (typeof json !== 'string') return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    return undefined;
  }
  const finding = reportedFinding.safeParse(parsed);
  return finding.success ? finding.data : undefined;
}
