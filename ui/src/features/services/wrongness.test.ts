import { expect, it } from 'vitest';
import { servicesAnswer } from '../../../dev/fixtures/services.ts';
import { wrongness } from './wrongness.ts';

const [any] = servicesAnswer({ fromMs: 0, toMs: 3_600_000, nowMs: 3_600_000 }).services;
if (any === undefined) throw new Error('no fixture');
const quiet = { ...any, firingAlerts: 0, errorRate: 0, findings: 0, requests: 1_000, requestsPerSecond: 0.3 };

it('puts alerts before errors, errors before findings, findings before traffic', () => {
  const busy = { ...quiet, requestsPerSecond: 5_000 };
  const found = { ...quiet, findings: 3 };
  const failing = { ...quiet, errorRate: 0.5 };
  const firing = { ...quiet, firingAlerts: 1 };
  const ranked = [quiet, busy, found, failing, firing].map(wrongness);
  expect(ranked).toEqual([...ranked].sort((left, right) => left - right));
});

it('does not let one failed request of two lead the page', () => {
  const tiny = { ...quiet, errorRate: 0.5, requests: 2 };
  const real = { ...quiet, errorRate: 0.1, requests: 10_000 };
  expect(wrongness(real)).toBeGreaterThan(wrongness(tiny));
});
