import type { Episode } from '@nightjar/collector/contract';

const minuteMs = 60_000;
const marginMinMs = 5 * minuteMs;
const marginMaxMs = 30 * minuteMs;

export type Window = Readonly<{ fromMs: number; toMs: number }>;

/** An episode with what was around it: as much as it lasted itself, five minutes at least and half an hour at most. */
export function episodeWindow({ activeAt, resolvedAt }: Episode, nowMs: number): Window {
  const endMs = resolvedAt ?? nowMs;
  const marginMs = Math.min(marginMaxMs, Math.max(marginMinMs, endMs - activeAt));
  return { fromMs: activeAt - marginMs, toMs: Math.min(nowMs, endMs + marginMs) };
}
