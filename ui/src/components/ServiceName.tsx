import { serviceColor } from '../lib/palette.ts';
import styles from './ServiceName.module.css';

/** A service with the colour that stands for it on every page. */
export function ServiceName({ name }: Readonly<{ name: string }>) {
  return (
    <span className={styles['name']}>
      <span className={styles['dot']} style={{ background: serviceColor(name) }} aria-hidden />
      {name}
    </span>
  );
}
