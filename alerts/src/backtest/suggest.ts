import { durationMs } from '../../schema/index.ts';
import type { AlertRule } from '../../schema/index.ts';
import type { PreviewNoise } from '../../schema/index.ts';

export interface Variant {
  readonly change: string;
  readonly patch: Readonly<Record<string, unknown>>;
  readonly rule: AlertRule;
}

const forTexts = ['1m', '2m', '5m', '10m', '15m'];
/** The usual way to take single breaches out without waiting for all of them. */
const counts = [{ atLeast: 3, of: 5 }];
const keepTexts = ['5m', '10m'];
const factors = [1.25, 1.5, 2];

/** Quieter forms of a rule, the mildest first of each kind. */
export function variantsOf(rule: AlertRule, noise: PreviewNoise): Variant[] {
  if (noise.pages === 0) return [];
  const longer = (rule.breaches === undefined ? forTexts : [])
    .filter((text) => durationMs(text) > Math.max(durationMs(rule.for), durationMs(rule.schedule.every)))
    .slice(0, 3)
    .map((text): Variant => ({ change: `for: ${text}`, patch: { for: text }, rule: { ...rule, for: text } }));
  const kept =
    noise.flaps === 0
      ? []
      : keepTexts
          .filter((text) => durationMs(text) > durationMs(rule.keepFiringFor))
          .map((text): Variant => ({
            change: `keepFiringFor: ${text}`,
            patch: { keepFiringFor: text },
            rule: { ...rule, keepFiringFor: text },
          }));
  const counted = (rule.breaches === undefined && durationMs(rule.for) === 0 ? counts : []).map(
    (breaches): Variant => ({
      change: `breaches: ${breaches.atLeast} of ${breaches.of}`,
      patch: { breaches },
      rule: { ...rule, breaches },
    }),
  );
  return [...longer, ...counted, ...kept, ...higher(rule)];
}

// Only upwards: what lies below the limits may have been read as no more than a bound.
function higher(rule: AlertRule): Variant[] {
  const { conditions } = rule;
  if (conditions.length === 0) return [];
  if (conditions.some(({ op, threshold }) => (op !== '>' && op !== '>=') || threshold <= 0)) return [];
  return factors.map((factor) => {
    const raised = conditions.map((it) => ({
      ...it,
      threshold: rounded(it.threshold * factor),
      ...(it.recover === undefined ? {} : { recover: rounded(it.recover * factor) }),
    }));
    const change = `threshold: ${raised.map(({ threshold }) => threshold).join(' and ')}`;
    return { change, patch: { conditions: raised }, rule: { ...rule, conditions: raised } };
  });
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
