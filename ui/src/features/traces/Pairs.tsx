import type { ReactNode } from 'react';
import styles from './Waterfall.module.css';

type Props = Readonly<{ label: string; pairs: readonly (readonly [string, ReactNode])[] }>;

/** Names and values. */
export function Pairs({ label, pairs }: Props) {
  return (
    <table className={styles['pairs']} aria-label={label}>
      <tbody>
        {pairs.map(([name, value]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
