import type { TimelineEntry } from '@nightjar/collector/contract';
import { absoluteTime, clockTime } from '../../lib/moment.ts';
import styles from './Timeline.module.css';

/** Oldest first; the colour of a dot says what kind of thing happened, the words say what. */
export function Timeline({ entries }: Readonly<{ entries: readonly TimelineEntry[] }>) {
  return (
    <ol className={styles['list']}>
      {entries.map(({ at, kind, text }, index) => (
        <li key={`${at} ${index}`} className={styles['entry']} data-kind={kind}>
          <time className="num muted" dateTime={new Date(at).toISOString()} title={absoluteTime(at, 'ms')}>
            {clockTime(at)}
          </time>
          <span className={styles['dot']} aria-hidden />
          <span>{text}</span>
        </li>
      ))}
    </ol>
  );
}
