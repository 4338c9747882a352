import { expect, it } from 'vitest';
import { pollMs } from '../api/use-endpoint.ts';
import { servicesAnswer } from '../../dev/fixtures/services.ts';
import { servicesPollMs } from './arrival-poll.ts';

const nowMs = 1_790_000_000_000;
const some = servicesAnswer({ fromMs: nowMs - 3_600_000, toMs: nowMs, nowMs });
const none = { ...some, services: [] };

it('asks every second until a service is listed, then at the usual pace', () => {
  expect(servicesPollMs(none, 1)).toBe(1_000);
  expect(servicesPollMs(some, 2)).toBe(pollMs);
});

it('gives up the hurry when nothing comes, and never hurries a collector that fails', () => {
  expect(servicesPollMs(none, 500)).toBe(pollMs);
  expect(servicesPollMs(undefined, 0)).toBe(pollMs);
});
