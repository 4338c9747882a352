import { useRouterState } from '@tanstack/react-router';
import { paths } from '../lib/paths.ts';
import { useUrlState } from '../lib/url-state.ts';
import { AppLink } from './AppLink.tsx';
import styles from './AlertNav.module.css';

/** The pages about alerting, one click from each other. */
export function AlertNav() {
  const { search } = useUrlState();
  const { pathname } = useRouterState({ select: (state) => state.location });
  const isHistory = pathname.startsWith('/alerts/episodes/') || search['tab'] === 'history';
  const entries = [
    { label: 'Now', href: paths.alerts(search), isCurrent: pathname === '/alerts' && !isHistory },
    {
      label: 'History',
      href: paths.alerts(search, { tab: 'history' }),
      isCurrent: isHistory,
    },
    { label: 'Rules', href: paths.rules(search), isCurrent: /^\/alerts\/(rules|new-rule)/.test(pathname) },
    {
      label: 'Silences',
      href: paths.silences(search),
      isCurrent: /^\/alerts\/(silences|new-silence)/.test(pathname),
    },
    { label: 'Channels', href: paths.channels(search), isCurrent: pathname === '/alerts/channels' },
    { label: 'Noise', href: paths.noise(search), isCurrent: pathname === '/alerts/noise' },
  ];
  return (
    <nav className={styles['nav']} aria-label="Alerting">
      {entries.map(({ label, href, isCurrent }) => (
        <AppLink key={label} href={href} isCurrent={isCurrent} className={styles['entry']}>
          {label}
        </AppLink>
      ))}
    </nav>
  );
}
