import { Button } from '@mantine/core';
import { IconAlertTriangle, IconRefresh } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { CopyButton } from './CopyButton.tsx';
import styles from './States.module.css';

export type Fault = Readonly<{ message: string; remedy: string }>;

/** What, why, and a way on. */
export function Failed({
  what,
  fault,
  onRetry,
}: Readonly<{ what: string; fault: Fault; onRetry: () => void }>) {
  return (
    <div className={styles['failed']} role="alert">
      <IconAlertTriangle size={18} className={styles['mark']} aria-hidden />
      <div className="fill">
        <strong>{what}</strong>
        <p>{fault.message}</p>
        <p className="muted">{fault.remedy}</p>
      </div>
      <Button size="xs" variant="default" leftSection={<IconRefresh size={14} />} onClick={onRetry}>
        Try again
      </Button>
    </div>
  );
}

/** One sentence, and the exact command where one helps. */
export function Empty({
  children,
  command,
}: Readonly<{ children: ReactNode; command?: string | undefined }>) {
  return (
    <div className={styles['empty']}>
      <p>{children}</p>
      {command !== undefined && <Command text={command} />}
    </div>
  );
}

export function Command({ text }: Readonly<{ text: string }>) {
  return (
    <div className={styles['command']}>
      <code className="fill">{text}</code>
      <CopyButton text={text} what="command" />
    </div>
  );
}

/** Something is missing from what is shown. */
export function Notice({
  tone = 'warning',
  children,
}: Readonly<{ tone?: 'warning' | 'info'; children: ReactNode }>) {
  return (
    <div className={`${styles['notice'] ?? ''} ${styles[tone] ?? ''}`} role="status">
      {children}
    </div>
  );
}

/** Bars in the shape of what will come. Invisible for the first 150 ms, so that a quick answer does not flicker. */
export function Skeleton({ rows, height = 32 }: Readonly<{ rows: number; height?: number }>) {
  return (
    <div className={styles['skeleton']} role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} className={styles['bone']} style={{ height: height - 8 }} />
      ))}
    </div>
  );
}
