import type { ServiceDetail } from '@nightjar/collector/contract';
import { Fragment } from 'react';
import styles from './Service.module.css';
import { stateSentence } from './state-sentence.ts';

type Props = Readonly<{
  detail: ServiceDetail;
  /** When it was read. */
  nowMs: number;
  operation: string | undefined;
  onClear: () => void;
}>;

export function StateSentence({ detail, nowMs, operation, onClear }: Props) {
  const clauses = stateSentence(detail, nowMs);
  return (
    <p className={styles['sentence']}>
      {operation !== undefined && (
        <button type="button" className={styles['filter']} onClick={onClear} title="Show all operations">
          {operation} <span aria-hidden>×</span>
          <span className="visually-hidden">, show all operations</span>
        </button>
      )}
      {clauses.map(({ text, tone }, index) => (
        <Fragment key={text}>
          {index > 0 && '; '}
          <span className={styles[tone]}>{text}</span>
        </Fragment>
      ))}
    </p>
  );
}
