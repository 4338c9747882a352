import type { ReactNode } from 'react';
import styles from './Tag.module.css';

export type Tone = 'ok' | 'warning' | 'critical' | 'info' | 'muted' | 'accent';

type Props = Readonly<{ tone: Tone; children: ReactNode; title?: string | undefined }>;

export function Tag({ tone, children, title }: Props) {
  return (
    <span className={`${styles['tag'] ?? ''} ${styles[tone] ?? ''}`} title={title}>
      {children}
    </span>
  );
}
