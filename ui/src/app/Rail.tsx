import { useRouterState } from '@tanstack/react-router';
import { AppLink } from '../components/AppLink.tsx';
import { useUrlState } from '../lib/url-state.ts';
import { pages } from './pages.ts';
import styles from './Rail.module.css';

export function Rail({ firing }: Readonly<{ firing: number }>) {
  const { search } = useUrlState();
  const at = useRouterState({ select: (state) => state.location.pathname });
  return (
    <nav className={styles['rail']} aria-label="Pages">
      {pages.map(({ label, icon: Icon, path, under }) => (
        <AppLink
          key={label}
          href={path(search)}
          className={styles['entry']}
          isCurrent={under.test(at)}
          title={label}
        >
          <Icon size={18} stroke={1.6} aria-hidden />
          <span className={styles['label']}>{label}</span>
          {label === 'Alerts' && firing > 0 && (
            <span className={styles['count']} title={`${firing} firing`}>
              {firing}
            </span>
          )}
        </AppLink>
      ))}
    </nav>
  );
}
