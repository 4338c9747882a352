import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import styles from './FilterBar.module.css';

type Props = Readonly<{ children: ReactNode; isFiltered: boolean; onClear: () => void }>;

export function FilterBar({ children, isFiltered, onClear }: Props) {
  return (
    <div className={styles['bar']} role="search">
      {children}
      {isFiltered && (
        <Button size="xs" variant="subtle" onClick={onClear}>
          Clear filters
        </Button>
      )}
    </div>
  );
}
