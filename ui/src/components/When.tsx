import { useEffect, useState } from 'react';
import { absoluteTime, relativeTime } from '../lib/moment.ts';

const tickMs = 10_000;

/** "18 min ago", the absolute time on hover. */
export function When({ atMs }: Readonly<{ atMs: number }>) {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), tickMs);
    return () => clearInterval(timer);
  }, []);
  return (
    <time className="num" dateTime={isoOf(atMs)} title={absoluteTime(atMs, 'ms')}>
      {relativeTime(atMs, Math.max(nowMs, Math.min(atMs, nowMs + 1000)))}
    </time>
  );
}

function isoOf(atMs: number): string | undefined {
  return Number.isFinite(atMs) && Math.abs(atMs) < 8.64e15 ? new Date(atMs).toISOString() : undefined;
}
