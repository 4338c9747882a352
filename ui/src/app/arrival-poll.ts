import type { ResponseOf } from '@nightjar/collector/contract';
import { pollMs } from '../api/use-endpoint.ts';

const arrivalPollMs = 1_000;
const arrivalPollsMax = 120;

/** The pace of the services poll after the first span: it is known of a few seconds before it can be listed. */
export function servicesPollMs(last: ResponseOf<'services'> | undefined, answers: number): number {
  const isAwaited = last?.services.length === 0 && answers < arrivalPollsMax;
  return isAwaited ? arrivalPollMs : pollMs;
}
