import { z } from 'zod';

const epochMs = z.number().int();
const share = z.number().min(0).max(1);

export const evidenceTracesMax = 3;
export const evidenceRowsMax = 5;

/** What the data says about the bad window of an alert, beyond the value. Every part may be missing. */
export const evidence = z.object({
  /** The window it was read from. */
  fromMs: epochMs,
  toMs: epochMs,
  /** Requests in the window and those of them that were bad: failed, or slower than the threshold. */
  requests: z.object({ total: z.number(), bad: z.number().nullable() }).nullable(),
  /** The worst first: slowest, or failed. */
  traces: z
    .array(
      z.object({
        traceId: z.string(),
        operation: z.string(),
        startMs: epochMs,
        durationMs: z.number(),
        isError: z.boolean(),
        queries: z.number().nullable(),
        url: z.string(),
      }),
    )
    .max(evidenceTracesMax),
  /** The attribute value that is most over-represented among the bad requests. */
  difference: z
    .object({ attribute: z.string(), value: z.string(), badShare: share, otherShare: share })
    .nullable(),
  /** The release that was seen first last. */
  release: z.object({ service: z.string(), version: z.string(), firstSeenMs: epochMs }).nullable(),
  /** Findings first seen since that release or, without one, in the window. */
  findings: z
    .array(
      z.object({
        title: z.string(),
        callSite: z.string().nullable(),
        firstSeenMs: epochMs,
        url: z.string(),
      }),
    )
    .max(evidenceRowsMax),
  /** Statements first seen since then. */
  statements: z
    .array(z.object({ text: z.string(), firstSeenMs: epochMs, calls: z.number(), url: z.string() }))
    .max(evidenceRowsMax),
});
export type Evidence = Readonly<z.infer<typeof evidence>>;
