import type { Queue } from '@nightjar/collector/contract';
import { quantityText } from '../../lib/quantity.ts';

export type QueueTrend = Readonly<{ text: string; tone: 'ok' | 'warning' | 'muted' }>;

/** Slower than one job in five minutes is standing still. */
const stillPerSecond = 1 / 300;

/** Whether a queue keeps up, in words. */
export function queueTrend({ growthPerSecond, depth }: Pick<Queue, 'growthPerSecond' | 'depth'>): QueueTrend {
  if (growthPerSecond === null || depth === null) return { text: 'depth unknown', tone: 'muted' };
  const perMinute = quantityText('count', Math.abs(growthPerSecond) * 60);
  if (growthPerSecond > stillPerSecond)
    return { text: `falls behind by ${perMinute} a minute`, tone: 'warning' };
  if (growthPerSecond < -stillPerSecond) return { text: `catches up by ${perMinute} a minute`, tone: 'ok' };
  return { text: depth === 0 ? 'empty' : 'keeps up', tone: 'muted' };
}
