import type { Service } from '@nightjar/collector/contract';
import { Num } from '../../components/Num.tsx';
import { quantityText } from '../../lib/quantity.ts';
import styles from './RequestCount.module.css';

/** Below this a rate says less than the count beside it. */
const rateShownMin = 0.01;

type Props = Readonly<{ of: Pick<Service, 'requests' | 'requestsPerSecond'> }>;

/** How many in the range, and how many a second where that is a number worth reading. */
export function RequestCount({ of: { requests, requestsPerSecond } }: Props) {
  return (
    <span className={styles['requests']}>
      {requestsPerSecond >= rateShownMin && (
        <span className={styles['rate']}>{quantityText('rate', requestsPerSecond)}</span>
      )}
      <Num kind="count" value={requests} />
    </span>
  );
}
