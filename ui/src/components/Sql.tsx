import { useEffect, useState } from 'react';
import { CopyButton } from './CopyButton.tsx';
import styles from './Sql.module.css';

/** A statement on one line, cut where the room ends; whole on hover. */
export function SqlLine({ text }: Readonly<{ text: string }>) {
  return (
    <code className={styles['line']} title={text.length > 2_000 ? `${text.slice(0, 2_000)}…` : text}>
      {text === '' ? '(no statement)' : text.replace(/\s+/g, ' ')}
    </code>
  );
}

/** A statement laid out over lines, with copy. The formatter is loaded when the first one is shown. */
export function SqlBlock({ text, system = '' }: Readonly<{ text: string; system?: string }>) {
  const formatted = useFormatted(text, system);
  return (
    <div className={styles['block']}>
      <pre className={styles['text']} tabIndex={0} aria-label="Statement">
        {formatted}
      </pre>
      <div className={styles['actions']}>
        <CopyButton text={formatted} what="statement" />
      </div>
    </div>
  );
}

function useFormatted(text: string, system: string): string {
  const [done, setDone] = useState({ of: '', formatted: '' });
  useEffect(() => {
    let isGone = false;
    void import('../lib/sql-format.ts').then(({ formatSql }) => {
      if (!isGone) setDone({ of: text, formatted: formatSql(text, system) });
    });
    return () => {
      isGone = true;
    };
  }, [text, system]);
  return done.of === text ? done.formatted : text;
}
